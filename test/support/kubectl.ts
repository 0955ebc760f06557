import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface KubectlAnswer {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Kubectl {
  /** Private to this session; also `HOME`, so that nothing is cached elsewhere. */
  readonly folder: string
  /** The kubeconfig's path. */
  readonly kubeconfig: string
  /** Runs kubectl to its end, whatever its exit code. `env` adds to the session's own. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<KubectlAnswer>
  /** Runs it and returns what it printed; a non-zero exit throws with its words. */
  ok(...args: readonly string[]): Promise<string>
  /** Starts a command that does not end by itself. The session ends it. */
  start(args: readonly string[]): RunningKubectl
  /** Writes a file into the folder and returns its path. */
  file(name: string, text: string, mode?: number): string
  end(): void
}

export interface RunningKubectl {
  readonly printed: () => string
  stop(): void
}

/** A person with kubectl at a cluster: the binary named by `ARGOSY_KUBECTL`, else the one on PATH. */
export function aKubectl(kubeconfigText: string): Kubectl {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-kubectl-'))
  const file = (name: string, text: string, mode = 0o600) => {
    writeFileSync(join(folder, name), text, { mode })
    return join(folder, name)
  }
  const kubeconfig = file('kubeconfig', kubeconfigText)
  const children = new Set<ChildProcess>()
  const launch = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.env['ARGOSY_KUBECTL'] ?? 'kubectl', args, {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    child.once('close', () => children.delete(child))
    return child
  }
  const run: Kubectl['run'] = (args, env) =>
    new Promise((resolve, reject) => {
      const child = launch(args, env)
      const [out, err] = [collect(child.stdout), collect(child.stderr)]
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, out: out(), err: err() }))
    })
  return {
    folder,
    kubeconfig,
    file,
    run,
    async ok(...args) {
      const { code, out, err } = await run(args)
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err}`)
      return out
    },
    start(args) {
      const child = launch(args)
      return { printed: collect(child.stdout), stop: () => void child.kill() }
    },
    end() {
      for (const child of children) child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return () => text
}
