import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import type { OwnNamespace } from '#test/support/own-namespace.ts'

export interface ShellAnswer {
  readonly code: number | null
  /** Both streams, as they came. */
  readonly output: string
}

export type Shell = (line: string, input?: string) => Promise<ShellAnswer>

/**
 * What a person's session has: kubectl and argosy at hand, the namespace as default, nothing kept outside of it.
 * @param compileCache a folder; the same program is started many times
 * @param prometheus for templates without an address
 */
export function environmentOf(
  { kubectl }: OwnNamespace,
  compileCache: string,
  prometheus: string | undefined,
): NodeJS.ProcessEnv {
  const argosy = `#!/bin/sh\nexec '${process.execPath}' '${join(process.cwd(), 'main/cli/index.ts')}' "$@"\n`
  const bin = join(kubectl.file('argosy', argosy, 0o700), '..')
  return {
    ...process.env,
    PATH: [bin, process.env['PATH']].join(delimiter),
    HOME: kubectl.folder,
    ARGOSY_DATA: kubectl.folder,
    KUBECONFIG: kubectl.kubeconfig,
    NODE_COMPILE_CACHE: compileCache,
    NO_COLOR: '1',
    ...(prometheus !== undefined && { ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: prometheus }),
  }
}

export const aShell =
  ({ kubectl }: OwnNamespace, env: NodeJS.ProcessEnv): Shell =>
  (line, input = '') =>
    new Promise((resolve, reject) => {
      const child = spawn('sh', ['-c', line], { cwd: kubectl.folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (data: Buffer) => {
          output += data.toString()
        })
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, output }))
      child.stdin.end(input)
    })
