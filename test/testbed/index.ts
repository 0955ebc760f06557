import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { fleetKubeconfig } from '#main/sandbox/fleet-kubeconfig.ts'
import { cacheFolder, findBinaries, kubernetesVersions } from './binaries.ts'
import { startControlPlane, stopControlPlane, type TestCluster } from './control-plane.ts'
import { isRunning, residentMiB } from './process-group.ts'

interface UpOptions {
  readonly clusters: number
  readonly kubeconfig: string
  readonly kubernetes: string
}

const clustersFolder = () => join(cacheFolder(), 'clusters')
const say = (line: string): void => console.error(`testbed: ${line}`)

function countOf(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 9) throw new InvalidArgumentError('a number from 1 to 9')
  return count
}

/** Clusters whose folder says that they were started and not yet ended. */
function known(): readonly TestCluster[] {
  if (!existsSync(clustersFolder())) return []
  return readdirSync(clustersFolder())
    .map((name) => join(clustersFolder(), name, 'cluster.json'))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as TestCluster)
}

async function up({ clusters, kubeconfig, kubernetes }: UpOptions): Promise<void> {
  if (known().some(({ processes }) => processes.some(isRunning)))
    return fail('clusters are running already; `npm run testbed -- down` ends them')
  const begun = performance.now()
  const seconds = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`
  const binaries = await findBinaries(kubernetes, say)
  if (!binaries.ok) return fail(binaries.error)
  say(`programs of Kubernetes ${kubernetes} at hand after ${seconds()}`)
  const names = Array.from({ length: clusters }, (_, index) => `testbed-${index + 1}`)
  const started = await Promise.all(
    names.map((name) => startControlPlane(name, binaries.value, join(clustersFolder(), name))),
  )
  const running = started.flatMap((each) => (each.ok ? [each.value] : []))
  const failed = started.find((each) => !each.ok)
  if (failed?.ok === false) {
    await Promise.all(running.map(forget))
    return fail(failed.error)
  }
  writeFileSync(kubeconfig, fleetKubeconfig(running.map(({ entry }) => entry)), { mode: 0o600 })
  for (const { context, entry, processes } of running)
    say(`${context} at ${entry.url}, ${processes.reduce((sum, each) => sum + residentMiB(each), 0)} MiB`)
  say(`ready after ${seconds()}; kubectl --kubeconfig ${kubeconfig} --context ${names[0]} get nodes`)
}

async function down(): Promise<void> {
  const clusters = known()
  await Promise.all(clusters.map(forget))
  say(clusters.length === 0 ? 'no clusters are running' : `ended ${clusters.map(({ context }) => context).join(', ')}`)
}

async function forget(cluster: TestCluster): Promise<void> {
  await stopControlPlane(cluster)
  rmSync(cluster.folder, { recursive: true, force: true })
}

function fail(message: string): void {
  say(message)
  process.exitCode = 1
}

const program = new Command('testbed').description('real control planes on loopback, for tests')
program
  .command('up')
  .description('start clusters, building what is missing')
  .option('--clusters <n>', 'how many', countOf, 1)
  .requiredOption('--kubeconfig <file>', 'written for kubectl and the tests')
  .addOption(new Option('--kubernetes <version>', 'which').choices(kubernetesVersions).default(kubernetesVersions[0]))
  .action(up)
program.command('down').description('end them; nothing is left behind').action(down)
await program.parseAsync()
