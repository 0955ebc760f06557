import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Rollout } from '#api/rollout.ts'
import { canary, podQuota, rollout } from '../manifests.ts'
import { type CuttableWay, throughWay } from './cut.ts'

const run = promisify(execFile)
export const namespace = 'argosy-plans'

/** Five clusters: those of a test bed and a sandbox beside it, an engine for all, each a process of its own. */
export interface RealFleet {
  readonly contexts: readonly string[]
  readonly folder: string
  /** To the last cluster of the test bed. */
  readonly way: CuttableWay
  argosy(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }>
  /** Runs in the background; each line is told as it comes. */
  start(args: readonly string[], line: (text: string) => void): ChildProcess
  apply(context: string, ...manifests: readonly object[]): Promise<void>
  kubectl(context: string, ...args: readonly string[]): Promise<string>
  rollout(context: string): Promise<Rollout>
  stop(): Promise<void>
}

const cli = ['main/cli/index.ts']

export async function aRealFleet(testBed: string): Promise<RealFleet> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-plans-'))
  const [bed, sandbox] = [join(folder, 'bed'), join(folder, 'sandbox')]
  const ofBed = contextsOf(testBed)
  const last = ofBed.at(-1) ?? ''
  const way = await throughWay(testBed, last, bed)
  const env = { ...process.env, ARGOSY_DATA: join(folder, 'data'), NO_COLOR: '1' }
  const children: ChildProcess[] = []
  const start: RealFleet['start'] = (args, line) => {
    const child = spawn(process.execPath, [...cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.on('data', (data: Buffer) => {
        const lines = `${rest}${data.toString()}`.split('\n')
        rest = lines.pop() ?? ''
        for (const text of lines) line(text)
      })
    }
    return child
  }
  await new Promise<void>((resolve) => {
    start(['sandbox', '--clusters', '3', '--no-demo', '--kubeconfig', sandbox], (text) => {
      if (text.startsWith('kubeconfig written')) resolve()
    })
  })
  const files = ['--kubeconfig', bed, '--kubeconfig', sandbox]
  const contexts = [...ofBed, ...contextsOf(sandbox)]
  const kubectl: RealFleet['kubectl'] = async (context, ...args) => {
    const KUBECONFIG = [bed, sandbox].join(':')
    const { stdout } = await run('kubectl', ['--context', context, '-n', namespace, ...args], {
      env: { ...env, KUBECONFIG },
    })
    return stdout
  }
  const argosy: RealFleet['argosy'] = async (...args) => {
    const done = await run(process.execPath, [...cli, ...files, ...args], { env }).catch(
      (error: unknown) => error as ExecError,
    )
    return { code: 'code' in done ? Number(done.code) : 0, out: `${done.stdout}${done.stderr}`.trimEnd() }
  }
  const apply: RealFleet['apply'] = async (context, ...manifests) => {
    for (const manifest of manifests) {
      const file = join(folder, 'manifest.json')
      writeFileSync(file, JSON.stringify(manifest))
      await kubectl(context, 'apply', '-f', file)
    }
  }
  for (const context of contexts) {
    await argosy('--context', context, 'crds', 'install')
    for (const name of [namespace, 'argo-rollouts'])
      await apply(context, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  start([...files, '--all-contexts', 'engine', '--log-level', 'warn'], () => {})
  return {
    contexts,
    folder,
    way,
    argosy,
    start: (args, line) => start([...files, ...args], line),
    apply,
    kubectl,
    rollout: async (context) => JSON.parse(await kubectl(context, 'get', 'rollout', 'shop', '-o', 'json')) as Rollout,
    async stop() {
      way.cut(false)
      for (const context of ofBed)
        await kubectl(context, 'delete', 'namespace', namespace, '--wait=false').catch(() => '')
      for (const child of children.toReversed())
        if (child.exitCode === null && child.signalCode === null) {
          const exited = once(child, 'exit')
          child.kill('SIGTERM')
          await exited
        }
      await way.close()
      rmSync(folder, { recursive: true })
    },
  }
}

interface ExecError {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const contextsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^ {2}- name: (\S+)\n {4}context:/gm)].map(([, name = '']) => name)

/** Four pods, two pauses, and an abort of its own when it stands still for too long. */
export const shop = (tag: string) =>
  rollout(tag, {
    progressDeadlineSeconds: 10,
    progressDeadlineAbort: true,
    ...canary([{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: 3 } }]),
  })

/** No pod more than there are: an update stands still. */
export const noRoom = podQuota(4)
