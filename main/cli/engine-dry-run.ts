import { type DrivePreviewView, drivenPhases, type WhoNextView } from '#contract/ownership-views.ts'
import { assertNever } from '#lib/assert.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { Engine } from '#main/controller/engine.ts'
import { failureText } from '#main/controller/failure-text.ts'
import type { MetricsPort } from '#main/controller/metrics-port.ts'
import { readDrivingPreview } from '#main/controller/read-driving-preview.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { oneLine } from './history-words.ts'
import type { CliIo } from './io.ts'

const patienceMs = 10_000
const againMs = 50

interface DryRun {
  readonly engine: Engine
  readonly cluster: Cluster
  readonly metrics: MetricsPort
}

interface DryRunOptions {
  readonly leaseNamespace: string
  readonly instanceId?: string | undefined
  readonly output?: 'json' | 'yaml' | undefined
}

/** `argosy engine --dry-run`: what an engine would find and do there at first; it only looks. */
export async function dryRun(
  { engine, cluster, metrics }: DryRun,
  options: DryRunOptions,
  io: CliIo,
): Promise<ExitCode> {
  const { clock } = io
  engine.observe()
  cluster.start()
  const deadline = clock.elapsed() + patienceMs
  while (engine.lease.state === 'unknown' && clock.elapsed() < deadline)
    await new Promise<void>((resolve) => {
      clock.after(againMs, resolve)
    })
  const { leaseNamespace, instanceId: instanceID, output } = options
  const { lease } = engine
  const read = await readDrivingPreview({ cluster, clock, lease, leaseNamespace, instanceID, metrics, drive: true })
  if (!read.ok) {
    io.err(`${cluster.context}: ${failureText(read.error)}`)
    return exitCodes.failed
  }
  if (output === 'json') io.out(JSON.stringify(read.value, undefined, 2))
  else for (const line of linesOf(read.value)) io.out(oneLine(line))
  return exitCodes.ok
}

function linesOf(preview: DrivePreviewView): readonly string[] {
  const { context, rollouts, phases, updating, updatingCount, writes, writeCount, unforeseen, next } = preview
  const counted = drivenPhases.filter((phase) => phases[phase] > 0).map((phase) => `${phases[phase]} ${phase}`)
  return [
    `${context}: ${nextText(next)}`,
    `Rollouts: ${rollouts}${counted.length === 0 ? '' : ` (${counted.join(', ')})`}`,
    ...updating.map(({ namespace, name, phase, message, step, waitsForPerson }) => {
      const at = step === undefined ? '' : `, ${step.done} of ${step.of} steps done`
      const why = message === '' ? '' : `: ${message}`
      return `  ${namespace}/${name} is in the middle of an update${at}. ${phase}${why}${waitsForPerson ? '; waits for a person' : ''}`
    }),
    ...(updatingCount > updating.length ? [`  and ${updatingCount - updating.length} more`] : []),
    writeCount === 0
      ? 'In its first minute it would write nothing but the lease.'
      : `In its first minute it would write ${writeCount} times:`,
    ...writes.map(({ at, rollout, summary, because }) => `  ${formatSeconds(at)}  ${rollout}  ${summary} (${because})`),
    ...(writeCount > writes.length ? [`  and ${writeCount - writes.length} more`] : []),
    ...(unforeseen.length === 0 ? [] : [`Not known to the end of that minute: ${unforeseen.join(', ')}`]),
  ]
}

/** What to do beside waiting (SR-6). */
const instead = {
  argosy: '--ask asks for it.',
  inCluster: 'It runs in the cluster: its Deployment scaled to 0 gives it back.',
  controller:
    'It is no Argosy and cannot be asked; with its Deployment scaled to 0 the lease is free about 15 s later.',
} as const

function nextText(next: WhoNextView): string {
  switch (next.how) {
    case 'atOnce':
      return 'nobody has the lease; it would be taken at once.'
    case 'waits': {
      const { identity, host, since, kind } = next.holder
      const who = host === undefined ? identity : `Argosy on ${host} (${identity})`
      const from = since === undefined ? '' : ` since ${formatSeconds(since)}`
      return `${who} has had the lease${from}; it would be waited for until it is given back, or not renewed for as long as it lasts. ${instead[kind]}`
    }
    case 'rival':
      return `${next.controller} runs and heeds no lease of ours; nothing would be written.`
    case 'unknown':
      return `who drives is not known: ${next.why}`
    case 'ours':
    case 'controller':
    case 'nobody':
    case 'asker':
      return 'it is driven by this engine.'
    default:
      return assertNever(next)
  }
}
