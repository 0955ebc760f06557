import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCli, stop } from './processes.ts'

export interface BenchSandbox {
  readonly kubeconfig: string
  readonly contexts: readonly string[]
  /** A folder of the run; it goes away with the sandbox. */
  readonly folder: string
  stop(): Promise<void>
}

/** Empty sandbox clusters in one process of their own. Pods live as fast as the sandbox can, so that pods are not what is timed. */
export async function startBenchSandbox(clusters: number): Promise<BenchSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-bench-'))
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeFolder)
  const kubeconfig = join(folder, 'kubeconfig')
  const args = ['sandbox', '--clusters', String(clusters), '--no-demo', '--speed', '100', '--kubeconfig', kubeconfig]
  const { child } = await startCli(args, /kubeconfig written to/)
  return {
    kubeconfig,
    contexts: Array.from({ length: clusters }, (_, index) => `harbor-${index + 1}`),
    folder,
    stop: async () => {
      await stop(child)
      removeFolder()
    },
  }
}
