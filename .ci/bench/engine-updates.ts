import type { ChildProcess } from 'node:child_process'
import type { ClusterClient } from '#main/cluster/client.ts'
import { callsBetween, isAboutRollouts, type RequestCounts, sumOfRollouts, watchesIn } from './count-requests.ts'
import type { EngineWork } from './engine-process.ts'
import { ask, nextMessage, sleep, startScript, stop, within } from './processes.ts'
import { type Measurement, quantile, type Report, repeated, single } from './report.ts'
import { appName, isPromoted, openClient, setVersion, untilEach, versions } from './rollouts.ts'
import type { BenchOptions, NamedCluster } from './section.ts'

const drivesWithinMs = 60_000
/** Without a request about rollouts for so long, Events are written too. */
const quietMs = 3_000
const steadyMs = 30_000
const targets = { requests: 25, steady: 0, reconcileMs: 5, rssMB: 500 }
/** The target of requests is one of rollouts of so many pods. */
const targetReplicas = 5
/** That of memory is one of so many rollouts. */
const targetMemoryRollouts = 1000

/** One update of all rollouts. */
interface Sample {
  readonly wallMs: number
  readonly before: EngineWork
  /** Once everything the update caused is written, Events included. */
  readonly after: EngineWork
}

/** A new image for all rollouts, `repeats` times, and then a time in which nothing happens. */
export async function measureUpdates(
  client: ClusterClient,
  { kubeconfig, context }: NamedCluster,
  namespace: string,
  options: BenchOptions,
): Promise<void> {
  const { rollouts, repeats, report } = options
  const names = Array.from({ length: rollouts }, (_, index) => appName(index))
  // An update is told by Events that come behind it, up to 25 for each rollout.
  const [promotedWithinMs, quietWithinMs] = [Math.max(300_000, rollouts * 4000), Math.max(120_000, rollouts * 4000)]
  const child = startScript('.ci/bench/engine-process.ts', [kubeconfig, context, namespace, namespace])
  // Of its own: what the watcher and the patches need must not wait in one line.
  const patching = openClient(kubeconfig, context)
  try {
    await within(drivesWithinMs, 'the engine did not drive', nextMessage(child))
    await untilEach(client, namespace, names, isPromoted(versions.first), promotedWithinMs)
    const deployed = await untilQuiet(child, quietWithinMs)
    const samples: Sample[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      const before = await ask<EngineWork>(child, { begin: true })
      const version = `${repeat + 2}.0.0`
      const startedAt = performance.now()
      await Promise.all([
        setVersion(patching, namespace, names, version),
        untilEach(client, namespace, names, isPromoted(version), promotedWithinMs),
      ])
      const wallMs = performance.now() - startedAt
      samples.push({ wallMs, before, after: await untilQuiet(child, quietWithinMs) })
    }
    report(single('engine.watches', 'count', watchesIn(deployed.calls)))
    if (samples.length > 0) reportSamples(samples, options)
    const before = await ask<EngineWork>(child, {})
    await sleep(steadyMs)
    const { calls, rssMaxMB } = await ask<EngineWork>(child, {})
    const steady = sumOfRollouts(callsBetween(before.calls, calls))
    const judged = rollouts >= targetMemoryRollouts ? { target: targets.rssMB } : {}
    report(single('engine.memory-at-rest', 'MB', deployed.rssMB, judged))
    report(single('engine.memory-max', 'MB', rssMaxMB, judged))
    reportTimes('engine.first-reconcile', [deployed], report)
    report(single('engine.steady-requests', 'count', steady, { target: targets.steady }))
  } finally {
    await stop(child)
    await patching.close()
  }
}

export async function untilQuiet(child: ChildProcess, withinMs: number): Promise<EngineWork> {
  const deadline = performance.now() + withinMs
  for (let last = await ask<EngineWork>(child, {}); performance.now() < deadline; ) {
    await sleep(quietMs)
    const now = await ask<EngineWork>(child, {})
    if (sumOfRollouts(callsBetween(last.calls, now.calls)) === 0) return now
    last = now
  }
  throw new Error(`the engine sends requests ${withinMs / 1000} s after the update still`)
}

function reportSamples(samples: readonly Sample[], { rollouts, replicas, measurements, report }: BenchOptions): void {
  const tell = (name: string, unit: Measurement['unit'], of: (sample: Sample) => number) =>
    report(repeated(`engine.${name}`, unit, samples.map(of)))
  const each = (key: 'requests' | 'writes' | 'reconciles' | 'cpuMs') => (sample: Sample) =>
    (sample.after[key] - sample.before[key]) / rollouts
  const calls = samples.map(({ before, after }) => callsBetween(before.calls, after.calls))
  const perUpdate = calls.map((one) => sumOfRollouts(one) / rollouts)
  // Later updates lack the Events that the budget of each object drops (OPS-141): only the first is judged.
  const judged = replicas === targetReplicas && measurements === 0 ? { target: targets.requests } : {}
  tell('update-all', 'ms', ({ wallMs }) => wallMs)
  tell('updates', '1/s', ({ wallMs }) => (rollouts / wallMs) * 1000)
  tell('cpu', 'ms', ({ before, after }) => after.cpuMs - before.cpuMs)
  tell('cpu-per-update', 'ms', each('cpuMs'))
  tell('memory', 'MB', ({ after }) => after.rssMB)
  report(repeated('engine.requests-per-first-update', 'count', perUpdate.slice(0, 1), judged))
  report(repeated('engine.requests-per-update', 'count', perUpdate))
  reportByResource(calls, rollouts, report)
  tell('all-requests-per-update', 'count', each('requests'))
  tell('writes-per-update', 'count', each('writes'))
  tell('reconciles-per-update', 'count', each('reconciles'))
  const updated = samples.map(({ after }) => after)
  reportTimes('engine.reconcile', updated, report, { target: targets.reconcileMs })
  tell('loop-delay-p99', 'ms', ({ after }) => after.loopDelayMs)
}

/** Of all rounds, whatever else ran in between, and of those in which nothing did. */
function reportTimes(
  name: string,
  works: readonly EngineWork[],
  report: Report,
  judged: { readonly target?: number } = {},
): void {
  const at = (key: 'reconcileMs' | 'undisturbedMs', share: number) =>
    works.map((work) =>
      quantile(
        work[key].toSorted((a, b) => a - b),
        share,
      ),
    )
  report(repeated(`${name}-p50`, 'ms', at('reconcileMs', 0.5)))
  report(repeated(`${name}-p99`, 'ms', at('reconcileMs', 0.99), judged))
  report(repeated(`${name}-undisturbed-p99`, 'ms', at('undisturbedMs', 0.99), judged))
}

/** Per rollout, but watches and the lease as they are: they do not grow with the rollouts. */
function reportByResource(calls: readonly RequestCounts[], rollouts: number, report: Report): void {
  for (const key of new Set(calls.flatMap((one) => Object.keys(one)).toSorted())) {
    const about = isAboutRollouts(key)
    const name = `engine.${about ? 'requests-per-update' : 'requests'}.${key.replace(' ', '.')}`
    const values = calls.map((one) => (one[key] ?? 0) / (about ? rollouts : 1))
    report(repeated(name, 'count', values))
  }
}
