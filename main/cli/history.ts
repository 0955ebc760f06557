import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { HistoryActionView, HistoryEntryView } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { historyFiles, historyPath } from '#main/data-folder.ts'
import type { History } from '#main/history/store.ts'
import type { ChainReport } from '#main/history/verify.ts'
import { type BundleSource, openBundled } from './bundle-source.ts'
import { durationOf } from './duration-option.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { formatRecord } from './history-record.ts'
import { type StatisticsOptions, showRollbacks, showStatistics, spanMsOf } from './history-statistics.ts'
import { expectedHead, verifyRecord } from './history-verify.ts'
import { byWhom, oneLine, outcomeCell, shorten, versionsOf } from './history-words.ts'
import { type CliIo, UsageError } from './io.ts'
import { foundOr } from './search-problem.ts'
import { shownDuration } from './shown-age.ts'
import { formatTable } from './text-table.ts'

interface HistoryOptions extends BundleSource {
  readonly app?: string
  readonly filter?: string
  readonly actions?: boolean
  readonly writes?: boolean
  readonly sandbox?: boolean
  readonly limit: number
  readonly namespace?: string
  readonly context?: readonly string[]
  readonly output?: 'json'
}

/** What is asked of a history file that is there. */
interface Recorded extends HistoryOptions {
  readonly path: string
}

const limitMax = 10_000

/** `argosy history`: what was recorded on this machine, with no cluster needed (UI-HIST-5). */
export function registerHistory(program: Command, io: CliIo, clustersPath = historyPath()): void {
  const history = program
    .command('history [id]')
    .description('recorded rollouts, newest first; with an id, what happened in that one')
    .option('--app <name>', 'only rollouts of this name')
    .option('--filter <terms>', 'only what fits, e.g. "app:checkout outcome:aborted since:7d" (docs/cli.md)')
    .option('--actions', 'what people did, sent or refused, instead of rollouts')
    .option('--writes', 'every request that changed something in a cluster, of people and of the engine')
    .option('--sandbox', 'what was recorded of the sandbox fleet instead')
    .option('--limit <count>', 'how many at most', wholeNumber, 50)
    .option('--bundle <file>', 'read a bundle instead (argosy bundle)')
    .option('--passphrase-file <file>', 'what unlocks the bundle')
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<HistoryOptions>()
      const path = options.sandbox === true ? join(dirname(clustersPath), historyFiles.sandbox) : clustersPath
      const list = options.writes === true ? '--writes' : options.actions === true ? '--actions' : undefined
      if (id !== undefined && list !== undefined) throw new UsageError(`${list} lists; it takes no id`)
      if (options.filter !== undefined && (id !== undefined || options.writes === true))
        throw new UsageError('--filter is for lists of rollouts and of actions')
      if (options.bundle === undefined && !existsSync(path)) return io.exitWith(nothingRecorded(path, id, options, io))
      const history = (await openSource(path, options, io))?.history
      if (history === undefined) return io.exitWith(exitCodes.failed)
      io.exitWith(await answer(history, id, { ...options, path }, io))
      history.close()
    })
  registerStatistics(history, io, clustersPath)
  history
    .command('export')
    .description('the whole record of actions and writes as JSON lines, oldest first')
    .option('--since <duration>', 'only the last so much, e.g. 24h')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExportOptions>()
      const sinceMs = options.since === undefined ? undefined : durationOf(options.since)
      const path = options.sandbox === true ? join(dirname(clustersPath), historyFiles.sandbox) : clustersPath
      if (options.bundle === undefined && !existsSync(path))
        return io.exitWith(nothingRecorded(path, undefined, { limit: 0 }, io))
      const opened = (await openSource(path, options, io))?.history
      if (opened === undefined) return io.exitWith(exitCodes.failed)
      const { exportRecord } = await import('#main/history/export.ts')
      const since = sinceMs === undefined ? undefined : io.clock.now() - sinceMs
      for (const line of exportRecord(opened, { contexts: options.context, since })) io.out(line)
      opened.close()
      io.exitWith(exitCodes.ok)
    })
  history
    .command('verify')
    .description(
      'whether the record of actions and writes is as it was written, with no entry changed, removed or added',
    )
    .option('--expect <head>', 'a head that this printed earlier has to be in it (repeatable)', collectHeads, [])
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<VerifyOptions>()
      const path = options.sandbox === true ? join(dirname(clustersPath), historyFiles.sandbox) : clustersPath
      if (options.bundle === undefined && !existsSync(path))
        return io.exitWith(nothingRecorded(path, '', { limit: 0 }, io))
      const opened = await openSource(path, options, io)
      if (opened === undefined) return io.exitWith(exitCodes.failed)
      const expected = options.expect.map(expectedHead)
      io.exitWith(await verifyRecord(opened.history, expected, options.output === 'json', io, opened.chains))
      opened.history.close()
    })
}

/** What the recorded rollouts come to. */
function registerStatistics(history: Command, io: CliIo, clustersPath: string): void {
  type Show = (opened: History, options: StatisticsOptions & { readonly last: number }) => Promise<ExitCode>
  const withHistory = (show: Show, none?: 'list') => async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<ShowOptions>()
    const path = options.sandbox === true ? join(dirname(clustersPath), historyFiles.sandbox) : clustersPath
    spanMsOf(options.since)
    const output = none === 'list' ? options.output : undefined
    if (options.bundle === undefined && !existsSync(path))
      return io.exitWith(nothingRecorded(path, undefined, { limit: 0, ...(output !== undefined && { output }) }, io))
    const opened = (await openSource(path, options, io))?.history
    if (opened === undefined) return io.exitWith(exitCodes.failed)
    try {
      io.exitWith(await show(opened, options))
    } finally {
      opened.close()
    }
  }
  history
    .command('stats')
    .description('how often rollouts ended, how many failed, lead time and time to restore, by application and context')
    .option('--since <duration>', 'of the last so much: 24h, 30d, 12w', '30d')
    .action(withHistory((opened, options) => showStatistics(opened, options, io)))
  history
    .command('rollbacks')
    .description('the last rollouts that were aborted, rolled back, taken back or degraded, with who and why')
    .option('--since <duration>', 'of the last so much: 24h, 30d, 12w', '90d')
    .option('--last <count>', 'how many at most', wholeNumber, 5)
    .action(withHistory((opened, options) => showRollbacks(opened, options, options.last, io), 'list'))
}

interface ShowOptions extends StatisticsOptions, BundleSource {
  readonly sandbox?: boolean
  readonly last: number
}

const collectHeads = (text: string, former: readonly string[]): readonly string[] => [...former, text]

interface VerifyOptions extends Pick<HistoryOptions, 'sandbox' | 'output'>, BundleSource {
  readonly expect: readonly string[]
}

interface ExportOptions extends Pick<HistoryOptions, 'sandbox' | 'context'>, BundleSource {
  readonly since?: string
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > limitMax)
    throw new InvalidArgumentError(`a whole number from 1 to ${limitMax} is expected.`)
  return value
}

/** A list of nothing is an answer as good as any; a record that is asked for by its id is missed. */
function nothingRecorded(path: string, id: string | undefined, { output }: HistoryOptions, io: CliIo): ExitCode {
  io.err(`argosy: nothing is recorded yet: there is no ${path}`)
  io.err('Rollouts are recorded while the window or `argosy serve` runs. ARGOSY_DATA names another data folder.')
  hintAtSandbox(path, io)
  if (id !== undefined) return exitCodes.failed
  if (output === 'json') io.out('[]')
  return exitCodes.ok
}

/** Whoever tried the sandbox only looks for its records first in the other file. */
function hintAtSandbox(path: string, io: CliIo): void {
  const ofSandbox = join(dirname(path), historyFiles.sandbox)
  if (path !== ofSandbox && existsSync(ofSandbox))
    io.err('The sandbox fleet has a history of its own: `argosy history --sandbox`.')
}

async function answer(history: History, id: string | undefined, options: Recorded, io: CliIo): Promise<ExitCode> {
  if (id !== undefined) return show(history, id, options, io)
  if (options.writes === true) return listWrites(history, options, io)
  return options.actions === true ? listActed(history, options, io) : list(history, options, io)
}

/** A bundle brings what is known of its chains along. */
async function openSource(
  path: string,
  source: BundleSource,
  io: CliIo,
): Promise<{ readonly history: History; readonly chains?: readonly ChainReport[] } | undefined> {
  if (source.bundle !== undefined) return openBundled(source.bundle, source, io)
  const history = await openRecorded(path, io)
  return history && { history }
}

export const damagedAdvice =
  'The window moves it aside, unchanged, and brings back into a new one what can be read of it.'

async function openRecorded(path: string, io: CliIo): Promise<History | undefined> {
  const { readHistory } = await import('#main/history/store.ts')
  const opened = readHistory({ path, clock: io.clock, log: silentLog })
  if (opened.ok) return opened.value
  const advice = {
    Corrupt: damagedAdvice,
    Newer: 'Use the Argosy that wrote it, or a later one.',
    NotWritable: 'Check who may read it.',
  }
  io.err(`argosy: ${path} cannot be read: ${opened.error.message}`)
  io.err(advice[opened.error.kind])
  return undefined
}

async function list(history: History, options: Recorded, io: CliIo): Promise<ExitCode> {
  const { listHistory, searchHistory } = await import('#main/history/reader.ts')
  const { app: name, namespace, context: contexts, limit, filter } = options
  const entries = foundOr(searchHistory(history, { filter, name, namespace, contexts, limit }, io.clock.now()))
  if (options.output === 'json') io.out(JSON.stringify(entries, undefined, 2))
  else if (entries.length === 0) {
    io.err('No recorded rollout matches.')
    if (listHistory(history, { limit: 1 }).length === 0) hintAtSandbox(options.path, io)
  } else for (const line of formatEntries(entries, io)) io.out(line)
  return exitCodes.ok
}

async function listActed(history: History, options: HistoryOptions, io: CliIo): Promise<ExitCode> {
  const { searchActions } = await import('#main/history/journal.ts')
  const { app: name, namespace, context: contexts, limit, filter } = options
  const actions = foundOr(searchActions(history, { filter, name, namespace, contexts, limit }, io.clock.now()))
  if (options.output === 'json') io.out(JSON.stringify(actions, undefined, 2))
  else if (actions.length === 0) io.err('No recorded action matches.')
  else for (const line of formatActions(actions, io)) io.out(line)
  return exitCodes.ok
}

async function listWrites(history: History, options: HistoryOptions, io: CliIo): Promise<ExitCode> {
  const { listWritten } = await import('#main/history/written.ts')
  const { formatWritten } = await import('./history-written.ts')
  const { app: name, namespace, context: contexts, limit } = options
  const written = listWritten(history, { name, namespace, contexts, limit })
  if (options.output === 'json') io.out(JSON.stringify(written, undefined, 2))
  else if (written.length === 0) io.err('No recorded write matches.')
  else for (const line of formatWritten(written, io)) io.out(line)
  return exitCodes.ok
}

const actionHeads = ['TIME', 'ACTION', 'APP', 'CONTEXT', 'BY', 'FROM', 'RESULT', 'REASON']

function formatActions(actions: readonly HistoryActionView[], { colours: coloured }: CliIo): readonly string[] {
  const rows = actions.map((each) => [
    [{ text: formatSeconds(each.at) }],
    [{ text: each.action }],
    [{ text: each.name === '' ? '' : oneLine(`${each.namespace}/${each.name}`) }],
    [{ text: oneLine(each.context) }],
    [{ text: oneLine(byWhom(each.user, each.actor, each.host)) }],
    [{ text: each.via === 'cli' ? 'command line' : 'window', colour: 'dim' as const }],
    [each.sent ? { text: each.result } : { text: shorten(oneLine(each.result)), colour: 'red' as const }],
    [{ text: shorten(oneLine(reasonText(each))) }],
  ])
  return formatTable([actionHeads.map((text) => [{ text }]), ...rows], coloured)
}

const reasonText = ({ reason, setAside }: HistoryActionView): string =>
  setAside === undefined ? reason : `${reason} (set aside: ${setAside})`

const heads = ['STARTED', 'APP', 'CONTEXT', 'VERSIONS', 'OUTCOME', 'TOOK', 'REASON', 'ID']

function formatEntries(entries: readonly HistoryEntryView[], { clock, colours: coloured }: CliIo): readonly string[] {
  const rows = entries.map((entry) => [
    [{ text: formatSeconds(entry.startedAt) }],
    [{ text: oneLine(`${entry.namespace}/${entry.name}`) }],
    [{ text: oneLine(entry.context) }],
    [{ text: oneLine(versionsOf(entry)) }],
    [outcomeCell(entry)],
    [{ text: shownDuration((entry.endedAt ?? clock.now()) - entry.startedAt) }],
    [{ text: shorten(oneLine(entry.reason ?? '')) }],
    [{ text: entry.id, colour: 'dim' as const }],
  ])
  return formatTable([heads.map((text) => [{ text }]), ...rows], coloured)
}

async function show(history: History, id: string, options: HistoryOptions, io: CliIo): Promise<ExitCode> {
  const { readRecord } = await import('#main/history/reader.ts')
  const record = readRecord(history, id)
  if (record === undefined) {
    io.err(`argosy: no recorded rollout has the id "${oneLine(id)}"; \`argosy history\` lists them`)
    return exitCodes.failed
  }
  if (options.output === 'json') io.out(JSON.stringify(record, undefined, 2))
  else for (const line of formatRecord(record, io)) io.out(line)
  return exitCodes.ok
}
