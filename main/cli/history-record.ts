import type { HistoryRecordView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { momentText } from '#main/history/moment-text.ts'
import { oneLine, outcomeCell, versionsOf } from './history-words.ts'
import type { CliIo } from './io.ts'
import { shownDuration } from './shown-age.ts'
import { type Cell, formatTable } from './text-table.ts'

/** One recorded rollout: its facts, then its timeline. */
export function formatRecord(
  { entry, timeline }: HistoryRecordView,
  { clock, colours: coloured }: CliIo,
): readonly string[] {
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
