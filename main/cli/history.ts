import { existsSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import type { HistoryEntryView, HistoryMomentView, HistoryOutcome, HistoryRecordView } from '#contract/views.ts'
import { assertNever } from '#lib/assert.ts'
import type { EpochMs } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { historyPath } from '#main/data-folder.ts'
import type { History } from '#main/history/store.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { shownDuration } from './shown-age.ts'
import { type Cell, type Colour, formatTable } from './text-table.ts'

interface HistoryOptions {
  readonly app?: string
  readonly limit: number
  readonly namespace?: string
  readonly context?: readonly string[]
  readonly output?: 'json'
}

const limitMax = 10_000

/** `argosy history`: what was recorded on this machine, with no cluster needed (UI-HIST-5). */
export function registerHistory(program: Command, io: CliIo, path = historyPath()): void {
  program
    .command('history [id]')
    .description('recorded rollouts, newest first; with an id, what happened in that one')
    .option('--app <name>', 'only rollouts of this name')
    .option('--limit <count>', 'how many at most', wholeNumber, 50)
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<HistoryOptions>()
      const history = await openRecorded(path, io)
      if (history === undefined) return io.exitWith(exitCodes.failed)
      io.exitWith(await (id === undefined ? list(history, options, io) : show(history, id, options, io)))
      history.close()
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > limitMax)
    throw new InvalidArgumentError(`a whole number from 1 to ${limitMax} is expected.`)
  return value
}

async function openRecorded(path: string, io: CliIo): Promise<History | undefined> {
  if (!existsSync(path)) {
    io.err(`argosy: nothing is recorded yet: there is no ${path}`)
    io.err('Rollouts are recorded while the window or `argosy serve` runs. ARGOSY_DATA names another data folder.')
    return undefined
  }
  const { readHistory } = await import('#main/history/store.ts')
  const opened = readHistory({ path, clock: io.clock, log: silentLog })
  if (opened.ok) return opened.value
  const advice = {
    Corrupt: 'The window moves it aside, unchanged, when it starts next.',
    Newer: 'Use the Argosy that wrote it, or a later one.',
    NotWritable: 'Check who may read it.',
  }
  io.err(`argosy: ${path} cannot be read: ${opened.error.message}`)
  io.err(advice[opened.error.kind])
  return undefined
}

async function list(history: History, options: HistoryOptions, io: CliIo): Promise<ExitCode> {
  const { listHistory } = await import('#main/history/reader.ts')
  const { app: name, namespace, context: contexts, limit } = options
  const entries = listHistory(history, { name, namespace, contexts, limit })
  if (options.output === 'json') io.out(JSON.stringify(entries, undefined, 2))
  else if (entries.length === 0) io.err('No recorded rollout matches.')
  else for (const line of formatEntries(entries, io)) io.out(line)
  return exitCodes.ok
}

const colours: Readonly<Record<HistoryOutcome, Colour>> = {
  Completed: 'green',
  Aborted: 'red',
  RolledBack: 'yellow',
  Superseded: 'dim',
  Running: 'brightBlue',
}

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

const outcomeCell = ({ outcome }: HistoryEntryView): Cell => ({ text: outcome, colour: colours[outcome] })

const versionsOf = ({ fromVersion, toVersion }: HistoryEntryView): string =>
  [fromVersion, toVersion].filter((each) => each !== undefined).join(' → ')

const reasonLengthMax = 60

const shorten = (text: string): string =>
  text.length <= reasonLengthMax ? text : `${text.slice(0, reasonLengthMax - 1)}…`

/** Texts from clusters and people must not move the cursor. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

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

function formatRecord({ entry, timeline }: HistoryRecordView, { clock, colours: coloured }: CliIo): readonly string[] {
  const took = shownDuration((entry.endedAt ?? clock.now()) - entry.startedAt)
  const facts: readonly (readonly [string, Cell])[] = [
    ['App:', { text: `${entry.namespace}/${entry.name}` }],
    ['Context:', { text: entry.context }],
    ['Versions:', { text: versionsOf(entry) }],
    ['Revision:', { text: entry.revision === undefined ? '' : String(entry.revision) }],
    ['Started:', { text: formatSeconds(entry.startedAt) }],
    ['Outcome:', { ...outcomeCell(entry), text: `${entry.outcome}, ${took}` }],
    ['By:', { text: entry.actor ?? '' }],
    ['Reason:', { text: entry.reason ?? '' }],
  ]
  const shown = facts
    .filter(([, { text }]) => text !== '')
    .map(([name, cell]) => [[{ text: name }], [{ ...cell, text: oneLine(cell.text) }]])
  const moments = timeline.map((moment) => [
    [{ text: sinceStart(moment.at, entry.startedAt), colour: 'dim' as const }],
    [{ text: oneLine(moment.who) }],
    [{ text: oneLine(momentText(moment)) }],
  ])
  return [...formatTable(shown, coloured), '', ...formatTable(moments, coloured)]
}

function sinceStart(at: EpochMs, startedAt: EpochMs): string {
  const seconds = Math.trunc((at - startedAt) / 1000)
  const [minutes, rest] = [Math.trunc(Math.abs(seconds) / 60), Math.abs(seconds) % 60]
  return `${seconds < 0 ? '-' : '+'}${minutes}:${String(rest).padStart(2, '0')}`
}

function momentText(moment: HistoryMomentView): string {
  switch (moment.kind) {
    case 'status':
      return moment.message === '' ? moment.status : `${moment.status} - ${moment.message}`
    case 'weight':
      return `weight ${moment.actualWeight}, set to ${moment.setWeight}`
    case 'step':
      return `step ${moment.stepIndex}/${moment.stepCount}`
    case 'pods':
      return `pods: ${moment.canary} canary, ${moment.stable} stable`
    case 'action':
      return [`${moment.action} ${moment.result}`, moment.reason].filter((each) => each !== '').join(': ')
    case 'event':
      return `${moment.type === 'Warning' ? 'warning ' : ''}${moment.reason}: ${moment.message}`
    case 'gap':
      return `not recorded for ${shownDuration(moment.until - moment.at)}: ${moment.why}`
    default:
      return assertNever(moment)
  }
}
