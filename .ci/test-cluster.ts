import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { traefikProgram } from '../test/dataplane/traefik-program.ts'
import { findProgram } from '../test/testbed/binaries.ts'
import { findGraphitePython, findKubectl, findPrometheus } from './tools.ts'

/**
 * `npm run test:cluster [-- vitest arguments]`: the conformance suite against real API servers, providers of metrics against
 * what they ask, and routes against a gateway that reads them. On the cluster that ARGOSY_TEST_KUBECONFIG names, each test in a namespace of its own; without it, on a test bed
 * that is started and ended here.
 */
const traefik = await findProgram(traefikProgram, 'ARGOSY_TRAEFIK', (line) => console.error(`argosy: ${line}`))
if (!traefik.ok) console.error(`argosy: without Traefik, what it tests is left out: ${traefik.error}`)
const programs = {
  ARGOSY_TRAEFIK: traefik.ok ? traefik.value : '',
  ARGOSY_KUBECTL: findKubectl(),
  ARGOSY_PROMETHEUS: findPrometheus() ?? '',
  ARGOSY_GRAPHITE_PYTHON: findGraphitePython() ?? '',
}
const named = process.env['ARGOSY_TEST_KUBECONFIG']
const folder = mkdtempSync(join(tmpdir(), 'argosy-test-cluster-'))
const kubeconfig = named ?? join(folder, 'kubeconfig')

/** They wait for a cluster most of the time, and little for a processor. */
const maxWorkers = '--max-workers=8'

const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number =>
  spawnSync(process.execPath, [script, ...args], { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1

function runSuite(): number {
  if (named === undefined) {
    const started = run('test/testbed/index.ts', ['up', '--kubeconfig', kubeconfig])
    if (started !== 0) return started
  }
  const installed = run('main/cli/index.ts', ['crds', 'install', '--kubeconfig', kubeconfig])
  if (installed !== 0) return installed
  return run(
    'node_modules/vitest/vitest.mjs',
    ['run', '--config', '.ci/vitest.config.ts', '--project', 'cluster', maxWorkers, ...process.argv.slice(2)],
    { NODE_ENV: 'test', ...programs, ARGOSY_TEST_KUBECONFIG: kubeconfig },
  )
}

try {
  process.exitCode = runSuite()
} finally {
  if (named === undefined) run('test/testbed/index.ts', ['down'])
  rmSync(folder, { recursive: true, force: true })
}
