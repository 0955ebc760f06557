import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { CanaryStep, Rollout } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { ActionPreview, ActionResult } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { type Argosy, createArgosy } from '#main/app.ts'
import { historyFiles } from '#main/data-folder.ts'
import { exportRecord } from '#main/history/export.ts'
import { readHistory } from '#main/history/store.ts'
import { systemClock } from '#main/system-clock.ts'
import { type CliRun, startCli } from '#test/support/run-cli.ts'
import { isTestbed } from '#test/support/testbed.ts'
import { eventually } from '#test/support/until.ts'
import { anAuditedCluster, type WriteTold, writeLine } from './audited-cluster.ts'

type Audited = Awaited<ReturnType<typeof anAuditedCluster>>

const context = 'audited'
const at = { namespace: 'default', name: 'shop' }
const key = rolloutKey({ context, ...at })
const steps: readonly CanaryStep[] = [
  { setWeight: 50 },
  { pause: {} },
  { analysis: { templates: [{ templateName: 'check' }] } },
]
const template = (tag: string) => ({
  metadata: { labels: { app: 'shop' } },
  spec: { containers: [{ name: 'shop', image: `registry.example/shop:${tag}` }] },
})
const rollout: Rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: at,
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'shop' } },
    template: template('1'),
    strategy: { canary: { steps, stableService: 'shop', canaryService: 'shop-canary' } },
  },
}
const check = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: 'check', namespace: at.namespace },
  spec: { metrics: [{ name: 'check', provider: { job: jobOf('registry.example/check:1') } }] },
}

function jobOf(image: string) {
  const pod = { restartPolicy: 'Never', containers: [{ name: 'check', image }] }
  return { spec: { backoffLimit: 0, template: { spec: pod } } }
}

const serviceOf = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: at.namespace },
  spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
})

let cluster: Audited
let argosy: Argosy
// Programs of a control plane are built once, for minutes; started they are in seconds.
beforeAll(async () => {
  cluster = await anAuditedCluster()
  argosy = await createArgosy({
    host: 'browser',
    sandbox: false,
    kubeconfigPaths: [cluster.kubeconfig],
    dataFolder: cluster.dataFolder,
    clock: systemClock,
    log: silentLog,
  })
}, 180_000)
afterAll(() => cluster?.stop())

async function call<T>(channel: string, input: unknown): Promise<T> {
  const answered = await argosy.dispatcher.call(channel, input)
  if (!answered.ok) throw new Error(JSON.stringify(answered.error))
  return answered.value as T
}

async function until(what: string, holds: (rollout: Rollout) => boolean): Promise<void> {
  await eventually(what, async () => {
    const now = await cluster.somebodyElse.get(resources.rollouts, at)
    const isSeen = now.ok && now.value.metadata.generation === Number((now.value as Rollout).status?.observedGeneration)
    return now.ok && isSeen && holds(now.value as Rollout)
  })
}

const untilHealthy = () =>
  until('healthy', ({ status }) => status?.phase === 'Healthy' && status.currentPodHash === status.stableRS)
const untilPaused = () => until('paused', ({ status }) => (status?.pauseConditions ?? []).length > 0)

/** As the window does: previewed, then sent. Tried again while something is under way that shuts it. */
async function act(action: string, parameters: object = {}): Promise<void> {
  await eventually(action, async () => {
    const [shown] = await call<readonly ActionPreview[]>('action.preview', { action, targets: [key], parameters })
    if (shown?.open !== true) return false
    const targets = [{ key, intent: shown.intent }]
    const input = { action, targets, parameters, reason: `because of ${action}` }
    const [sent] = await call<readonly ActionResult[]>('action.send', input)
    return sent?.sent === true
  })
}

const cli = (...args: readonly string[]): CliRun =>
  startCli([...args, '--kubeconfig', cluster.kubeconfig], { clock: systemClock, dataFolder: cluster.dataFolder })

async function command(...args: readonly string[]): Promise<void> {
  await eventually(args.join(' '), async () => (await cli(...args, '--reason', 'by hand', '--wait', '0').done) === 0)
}

/** Image, held, aborted, tried again, promoted, undone, promoted in full, restarted, paused and resumed. */
async function throughTheWindow(): Promise<void> {
  await act('setImage', { images: [{ container: 'shop', image: 'registry.example/shop:2' }] })
  await untilPaused()
  await act('abort')
  await until('aborted', ({ status }) => status?.phase === 'Degraded')
  await act('retry')
  await untilPaused()
  await act('promote')
  await untilHealthy()
  await act('undo')
  await untilPaused()
  await act('promoteFull')
  await untilHealthy()
  await act('restart')
  await until('restarted', ({ spec, status }) => status?.restartedAt === spec.restartAt)
  await act('pause')
  await act('resume')
  await untilHealthy()
}

/** The engine of the command line drives meanwhile. */
async function throughTheCommandLine(): Promise<void> {
  const engine = cli('engine')
  await command('set-image', 'shop', 'shop=registry.example/shop:3')
  await untilPaused()
  await command('promote', 'shop')
  await untilHealthy()
  await command('undo', 'shop')
  await untilPaused()
  await command('abort', 'shop')
  await until('aborted', ({ status }) => status?.phase === 'Degraded')
  engine.interrupt()
  await engine.done
}

interface Write extends WriteTold {
  readonly record: string
  readonly by: string
  readonly user: string
  readonly via: string
  readonly action?: string
  readonly reason?: string
  readonly renewals?: { readonly count: number }
}

/** What the command line exports. */
function recorded(): readonly Write[] {
  const path = join(cluster.dataFolder, historyFiles.clusters)
  const history = readHistory({ path, clock: systemClock, log: silentLog })
  if (!history.ok) throw new Error(history.error.message)
  const lines = [...exportRecord(history.value)].map((line): Write => JSON.parse(line))
  history.value.close()
  return lines.filter(({ record }) => record === 'write')
}

const timesOf = (lines: readonly string[]): Readonly<Record<string, number>> => {
  const counted = Map.groupBy(lines, (line) => line)
  return Object.fromEntries(
    [...counted].map(([line, all]): [string, number] => [line, all.length]).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** Without names that were made up, for people to read. */
function tell(audited: readonly string[], renewals: number): void {
  const kinds = timesOf(audited.map((line) => line.replace(/ \S+ (\d+)$/, ' $1')))
  console.info(`${audited.length} writes in the audit log, ${renewals} of them renewals of the lease`)
  for (const [kind, count] of Object.entries(kinds)) console.info(`${String(count).padStart(6)}  ${kind}`)
}

describe.skipIf(!isTestbed)('the record and the audit log of a real API server', () => {
  it('ACT-15: every write of a run of window, command line and engines is in the record, and no other', async () => {
    for (const name of ['shop', 'shop-canary']) await cluster.somebodyElse.create(resources.services, serviceOf(name))
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argo-rollouts' } }
    await cluster.somebodyElse.create(resources.namespaces, namespace)
    await call('cluster.crds.install', { context })
    expect(await cli('crds', 'install').done).toBe(0)
    await eventually(
      'the kinds are served',
      async () => (await cluster.somebodyElse.create(resources.rollouts, rollout)).ok,
    )
    await cluster.somebodyElse.create(resources.analysisTemplates, check)
    // A kind that is new is served a moment later than it is asked for.
    await call('cluster.retry', { context })
    await call('cluster.drive', { context, drive: true })
    await untilHealthy()
    await throughTheWindow()
    await call('cluster.drive', { context, drive: false })
    await throughTheCommandLine()
    await argosy.stop()

    const writes = recorded()
    const audited = cluster.audited()
    const renewals = writes.reduce((sum, each) => sum + (each.renewals?.count ?? 0), 0)
    tell(audited, renewals)
    const lines = writes.flatMap((each) => Array.from({ length: each.renewals?.count ?? 1 }, () => writeLine(each)))
    expect(timesOf(lines)).toEqual(timesOf(audited))
    expect(audited.length).toBeGreaterThan(100)

    expect(new Set(writes.map(({ user }) => user))).toEqual(new Set(['audited']))
    const people = writes.filter(({ by }) => by === 'person')
    expect(new Set(people.map(({ action }) => action))).toEqual(
      new Set([
        'installCrds',
        'setImage',
        'abort',
        'retry',
        'promote',
        'promoteFull',
        'undo',
        'restart',
        'pause',
        'resume',
      ]),
    )
    expect(people.filter(({ via, action }) => via === 'window' && action !== 'installCrds')).not.toContainEqual(
      expect.objectContaining({ reason: null }),
    )
    expect(new Set(writes.filter(({ by }) => by === 'engine').map(({ via }) => via))).toEqual(
      new Set(['window', 'cli']),
    )
  }, 300_000)
})
