import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { controllerNamespace } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutAnalysis } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import { silentLog } from '#lib/log.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { BackTested } from '#main/app/back-test-rollout.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { historyFiles } from '#main/data-folder.ts'
import type { PastRelease } from '#main/history/past-releases.ts'
import type { Forecasted } from '#main/metrics/back-test.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'
import { formatTable } from './text-table.ts'

interface BackTestOptions extends TargetOptions {
  readonly template?: string
  readonly clusterScope?: boolean
  readonly arg?: readonly string[]
  readonly releases: number
  readonly sandbox?: boolean
}

const releasesMax = 200

/** `argosy back-test`: what analyses would have said of past releases, before they may block one (W6). */
export function registerBackTest(program: Command, io: CliIo, folder: string): void {
  program
    .command('back-test <rollout>')
    .description('what analyses would have said of the past releases of a rollout; writes nothing')
    .option('--template <name>', 'this AnalysisTemplate instead of those the rollout names')
    .option('--cluster-scope', 'the template is a ClusterAnalysisTemplate')
    .option(
      '-a, --arg <name=value>',
      'argument of the template (repeatable; latest and stable stand for hashes)',
      collected,
    )
    .option('--releases <count>', 'how many of the last ones', count, 20)
    .option('--sandbox', 'releases recorded of the sandbox fleet')
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<BackTestOptions>()
      const targets = await targetsOrExit(options, io)
      if (targets === undefined) return
      io.exitWith(worstOf(await onEach(targets, (target) => testOn(target, name, options, { folder, io }))))
    })
}

const collected = (value: string, former: readonly string[] | undefined): readonly string[] => [
  ...(former ?? []),
  value,
]

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > releasesMax)
    throw new InvalidArgumentError(`a whole number from 1 to ${releasesMax} is expected.`)
  return value
}

interface Around {
  readonly folder: string
  readonly io: CliIo
}

async function testOn(target: Target, name: string, options: BackTestOptions, around: Around): Promise<ExitCode> {
  const { io } = around
  const { client, namespace, context } = target
  const read = await client.get(resources.rollouts, { namespace, name })
  if (!read.ok) {
    io.err(`${context}: ${failureText(read.error)}`)
    return exitCodeOf(read.error)
  }
  const rollout = read.value as Rollout
  const analyses = await analysesOf(rollout, options)
  if (analyses.length === 0) {
    io.err(`argosy: ${name} names no analysis. Name a template with --template.`)
    return exitCodes.failed
  }
  const releases = await releasesOf(rolloutKey({ context, namespace, name }), options, around)
  if (releases.length === 0) {
    io.err(`argosy: no finished release of ${name} is recorded. They are while the window or \`argosy serve\` runs.`)
    return exitCodes.failed
  }
  const codes: ExitCode[] = []
  for (const each of analyses) codes.push(await testAnalysis(target, rollout, each, releases, { options, ...around }))
  return worstOf(codes)
}

interface NamedAnalysis {
  readonly label: string
  readonly analysis: RolloutAnalysis
}

async function analysesOf(rollout: Rollout, options: BackTestOptions): Promise<readonly NamedAnalysis[]> {
  const { template, clusterScope = false, arg = [] } = options
  if (template !== undefined) {
    const analysis = { templates: [{ templateName: template, clusterScope }], args: arg.map(argument) }
    return [{ label: template, analysis }]
  }
  if (arg.length > 0) throw new UsageError('--arg is for --template; the rollout gives its own')
  const { namedAnalyses } = await import('#engine/rollout/validation/analysis.ts')
  return namedAnalyses(rollout).map(({ path, analysis }) => ({ label: path.replace(/\.templates$/, ''), analysis }))
}

function argument(text: string) {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new UsageError('arguments must be in the form NAME=VALUE')
  if (value === 'latest') return { name, valueFrom: { podTemplateHashValue: 'Latest' } }
  return value === 'stable' ? { name, valueFrom: { podTemplateHashValue: 'Stable' } } : { name, value }
}

async function releasesOf(
  key: string,
  { releases, sandbox }: BackTestOptions,
  { folder, io }: Around,
): Promise<readonly PastRelease[]> {
  const path = join(folder, sandbox === true ? historyFiles.sandbox : historyFiles.clusters)
  if (!existsSync(path)) return []
  const { readHistory } = await import('#main/history/store.ts')
  const { pastReleases } = await import('#main/history/past-releases.ts')
  const opened = readHistory({ path, clock: io.clock, log: silentLog })
  if (!opened.ok) {
    io.err(`argosy: ${path} cannot be read: ${opened.error.message}`)
    return []
  }
  const found = pastReleases(opened.value, key, releases)
  opened.value.close()
  return found
}

async function testAnalysis(
  { client, context, open: openClient }: Target,
  rollout: Rollout,
  { label, analysis }: NamedAnalysis,
  releases: readonly PastRelease[],
  { options, folder, io }: Around & { readonly options: BackTestOptions },
): Promise<ExitCode> {
  const { backTestRollout } = await import('#main/app/back-test-rollout.ts')
  const { openMetrics } = await import('#main/metrics/open-metrics.ts')
  const { metricSettingsFor } = await import('#main/cluster-settings.ts')
  const otherwise = { controllerNamespace, env: process.env }
  const settings = metricSettingsFor(context, otherwise, { folder, log: silentLog })
  const metrics = openMetrics({ client, clock: io.clock, settings, openClient })
  const tested = await backTestRollout(rollout, analysis, releases, { client, clock: io.clock, metricsAt: metrics.at })
  await metrics.close()
  if (!tested.ok) {
    io.err(`argosy: ${label}: ${tested.error}`)
    return exitCodes.failed
  }
  if (options.output === 'json')
    io.out(JSON.stringify({ context, analysis: label, releases: tested.value }, undefined, 2))
  else for (const line of await formatted(label, tested.value, io)) io.out(line)
  return exitCodes.ok
}

async function formatted(label: string, tested: readonly BackTested[], { colours }: CliIo): Promise<readonly string[]> {
  const { summarised } = await import('#main/metrics/back-test.ts')
  const rows = tested.map(({ release, outcome }) => [
    [{ text: formatSeconds(release.from) }],
    [{ text: release.version ?? '-' }],
    [{ text: release.outcome }],
    [{ text: outcome.ok ? (outcome.value.phase ?? '-') : 'not known' }],
    [{ text: outcome.ok ? (outcome.value.message ?? '') : outcome.error }],
  ])
  const heads = ['STARTED', 'VERSION', 'ENDED', 'ANALYSIS', 'MESSAGE'].map((text) => [{ text }])
  const told = tested.flatMap(({ release, outcome }) =>
    outcome.ok ? [{ phase: outcome.value.phase, wasCompleted: release.outcome === 'Completed' }] : [],
  )
  return [`${label}:`, ...formatTable([heads, ...rows], colours), summaryLine(summarised(told))]
}

function summaryLine({ releases, aborts, pauses, abortsOfGood }: Forecasted): string {
  const share = releases === 0 ? 0 : Math.round((100 * aborts) / releases)
  return `Of ${releases} releases it would have aborted ${aborts} (${share} %), ${abortsOfGood} of them completed ones, and paused ${pauses}.`
}
