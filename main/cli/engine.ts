import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { controllerNamespace } from '#api/keys.ts'
import type { Log, LogLevel } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { Engine } from '#main/controller/engine.ts'
import { dataFolder } from '#main/data-folder.ts'
import { type EngineHost, type ListenAddress, parseListen, startEngineHost } from '#main/serve/engine-host.ts'
import { version } from '#main/version.ts'
import { openDesk } from './engine-desk.ts'
import { exitCodes, worstOf } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { createOwnershipJournal, type OwnershipJournal } from './ownership-journal.ts'
import { type Target, type TargetOptions, targetsOrExit } from './targets.ts'
import { untilInterrupted } from './until-interrupted.ts'

interface EngineCliOptions extends TargetOptions {
  readonly awsVerifyTargetGroup?: boolean
  readonly instanceId?: string
  readonly dryRun?: boolean
  readonly listen?: ListenAddress
  readonly leaseNamespace?: string
  readonly logLevel: LogLevel
  readonly ask?: boolean
  readonly handOverOnRequest?: boolean
  readonly reason: string
}

/** After this a cluster that does not answer keeps the process no longer; its lease expires by itself. */
const stopTimeoutMs = 10_000

/** `argosy engine`: drives rollouts without a window until told to stop, then hands the leases back (OPS-37). */
export function registerEngine(program: Command, io: CliIo): void {
  program
    .command('engine')
    .description('drive the rollouts of the named contexts without a window, logging JSON lines')
    .option(
      '--instance-id <id>',
      'only rollouts with this controller-instance-id label; without it, only those without',
    )
    .option(
      '--aws-verify-target-group',
      'ask AWS whether weights and pods have arrived at its load balancers before going on',
    )
    .option(
      '--lease-namespace <namespace>',
      `where the controller lease lives (default: ${controllerNamespace}, in a pod its own namespace)`,
    )
    .option(
      '--listen <address>',
      'serve /healthz, /readyz and /metrics: PORT on loopback, ADDRESS:PORT, or :PORT on every address',
      listenAddress,
    )
    .option(
      '--dry-run',
      'say who drives, what is under way, and what would be written in the first minute; write nothing',
    )
    .option('--ask', 'where an Argosy on another machine has the lease: ask for it')
    .option('--hand-over-on-request', 'hand the lease over to whoever asks for it, without a person')
    .option('--reason <text>', 'why, for the record and for who is asked', '')
    .addOption(
      new Option('--log-level <level>', 'least level to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<EngineCliOptions>()
      const scope = options.namespace === undefined ? undefined : [options.namespace]
      const targets = await targetsOrExit(options, io, scope)
      if (targets === undefined) return
      const leaseNamespace = options.leaseNamespace ?? usualLeaseNamespace(targets, io)
      await runEngines(targets, { ...options, leaseNamespace }, io)
    })
}

/** OPS-20. */
function usualLeaseNamespace(targets: readonly Target[], io: CliIo): string {
  const own = targets.some(({ isAround }) => isAround) ? process.env['POD_NAMESPACE'] || io.inCluster()?.namespace : ''
  return own || controllerNamespace
}

/** With what follows from the cluster. */
type EngineSettings = EngineCliOptions & { readonly leaseNamespace: string }

function listenAddress(text: string): ListenAddress {
  const address = parseListen(text)
  if (address === undefined) throw new InvalidArgumentError('PORT, ADDRESS:PORT or :PORT is expected.')
  return address
}

async function runEngines(targets: readonly Target[], options: EngineSettings, io: CliIo): Promise<void> {
  const { createLog } = await import('#main/log.ts')
  // What a dry run prints is for people, and logs go beside it.
  const write = (line: string) => (options.dryRun === true ? io.err : io.out)(line.trimEnd())
  const level = options.dryRun === true ? 'error' : options.logLevel
  const log = createLog({ write, level, now: () => io.clock.now() })
  const running = await Promise.all(
    targets.map((target) => openEngine(target, { ...options, isOnly: targets.length === 1 }, log, io)),
  )
  if (options.dryRun === true) {
    const { dryRun } = await import('./engine-dry-run.ts')
    const codes = await Promise.all(running.map((each) => dryRun(each, options, io)))
    await Promise.all(running.map((each) => stopEngine(each, log)))
    return io.exitWith(worstOf(codes))
  }
  const journal = createOwnershipJournal(targets, options, io)
  const desks = running.map((each) => openDesk(each, { ...options, journal }, log, io))
  for (const { engine, cluster } of running) {
    journal.add({ context: engine.context, action: 'drive', reason: options.reason, outcome: success(undefined) })
    engine.start()
    cluster.start()
  }
  const host = await listen(running, options, log)
  if (host?.ok === false) io.err(`argosy: ${host.error}`)
  else await untilInterrupted(io.interrupted)
  log('info', 'stopping', { contexts: targets.map((each) => each.context) })
  const stop = async (each: Running, index: number) => {
    await desks[index]?.close()
    await stopEngine(each, log, journal)
  }
  const stopped = Promise.all(running.map(stop)).then(() => journal.close())
  await Promise.race([stopped, new Promise<void>((resolve) => io.clock.after(stopTimeoutMs, resolve))])
  if (host?.ok === true) await host.value.close()
  io.exitWith(host?.ok === false ? exitCodes.failed : exitCodes.ok)
}

type Running = Awaited<ReturnType<typeof openEngine>>

/** `undefined` where nobody asked for it. */
async function listen(
  running: readonly Running[],
  { listen: at, instanceId }: EngineCliOptions,
  log: Log,
): Promise<Outcome<EngineHost, string> | undefined> {
  if (at === undefined) return undefined
  const { engineMetrics } = await import('#main/controller/engine-metrics.ts')
  const host = await startEngineHost({
    at,
    unready: () => running.flatMap(({ cluster }) => notReady(cluster)),
    metrics: () =>
      engineMetrics(
        running.map((each) => ({ ...each, instanceID: instanceId })),
        version,
      ),
  })
  if (host.ok) log('info', 'listening', { address: at.host ?? '*', port: host.value.port })
  return host
}

/** One that waits for the lease is as ready as the one that holds it. */
function notReady({ context, connection: { state } }: Cluster): readonly string[] {
  return state === 'connected' || state === 'late' ? [] : [`${context}: ${state}`]
}

async function openEngine(target: Target, options: EngineSettings & { readonly isOnly: boolean }, log: Log, io: CliIo) {
  const { createEngine } = await import('#main/controller/engine.ts')
  const { reconcileRollout } = await import('#engine/rollout/reconcile.ts')
  const { metricSettingsFor, trafficSettingsFor } = await import('#main/cluster-settings.ts')
  const { openAws } = await import('#main/aws/open-aws.ts')
  const { openMetrics } = await import('#main/metrics/open-metrics.ts')
  const { openNotifications } = await import('#main/notifications/open-notifications.ts')
  const { openCluster } = await import('#main/cluster/open-cluster.ts')
  const cluster = openCluster({
    context: target.context,
    client: target.client,
    clock: io.clock,
    random: Math.random,
    log,
    ...(options.namespace === undefined ? {} : { namespaces: [options.namespace] }),
    ...(options.instanceId === undefined ? {} : { instanceID: options.instanceId }),
  })
  const about = { context: target.context }
  cluster.onConnection((connection) =>
    log(connection.state === 'connected' ? 'info' : 'warn', 'connection', { ...about, ...connection }),
  )
  // The environment is meant for one cluster; with several nobody could say for which (PRV-1502).
  const otherwise = { controllerNamespace: options.leaseNamespace, env: options.isOnly ? process.env : {} }
  const where = { folder: dataFolder(), log }
  const settings = metricSettingsFor(target.context, otherwise, where)
  const metrics = openMetrics({
    client: target.client,
    clock: io.clock,
    settings,
    openClient: target.open,
    isAround: target.isAround,
  })
  const traffic = trafficSettingsFor(target.context, where)
  const awsVerifyTargetGroups = options.awsVerifyTargetGroup === true || traffic.awsVerifyTargetGroups
  const notifications = openNotifications({ client: target.client, clock: io.clock, env: process.env })
  const engine = createEngine({
    cluster,
    metrics,
    notifications,
    aws: openAws({ ...traffic, awsVerifyTargetGroups }, { clock: io.clock, env: settings.env }),
    clock: io.clock,
    log,
    reconcile: reconcileRollout,
    random: Math.random,
    identity: `argosy-${hostname()}_${randomUUID()}`,
    leaseNamespace: options.leaseNamespace,
    instanceID: options.instanceId,
  })
  engine.onChange(onlyChanges(engine, () => tellMode(engine, options.leaseNamespace, log)))
  return { engine, cluster, metrics, notifications }
}

/** A renewed lease is no news; another holder, state or mode is. */
function onlyChanges(engine: Engine, tell: () => void): () => void {
  let last = ''
  return () => {
    const { mode, lease } = engine
    const now = JSON.stringify([mode, lease.state, 'holder' in lease ? lease.holder : undefined])
    if (now === last) return
    last = now
    tell()
  }
}

/** One line whenever who drives changed, with what to do when the lease cannot be taken. */
function tellMode(engine: Engine, leaseNamespace: string, log: Log): void {
  const { context, mode, lease } = engine
  log('info', 'mode', { context, mode, lease })
  const missing = lease.state === 'failed' && lease.failure.kind === 'NotFound'
  if (missing) {
    const advice = `namespace ${leaseNamespace} does not exist: create it, or name another with --lease-namespace`
    log('error', 'the lease cannot be taken', { context, advice })
  }
}

async function stopEngine(running: Running, log: Log, journal?: OwnershipJournal): Promise<void> {
  const { context, isWanted } = running.engine
  const released = await running.engine.stop({ release: true })
  if (isWanted) journal?.add({ context, action: 'handBack', reason: 'the engine was stopped', outcome: released })
  if (!released.ok) log('warn', 'lease not released', { context, failure: released.error })
  await running.cluster.stop()
  await running.metrics.close()
  await running.notifications.close()
  await running.cluster.client.close()
}
