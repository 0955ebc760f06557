import { momentText } from '#main/history/moment-text.ts'
import type { ReportData, ReportedMetric, ReportedRelease } from './report-data.ts'
import {
  actText,
  backAfter,
  proofText,
  reachedWeight,
  timeText,
  titleOf,
  tookText,
  versionsText,
  whoText,
} from './report-words.ts'

/** A post-mortem to go on with: what is recorded is there, what people know is asked for. Times are UTC. */
export function markdownReport(data: ReportData): string {
  const { header, releases, acts, plans, chains } = data
  return (
    [
      `# Post-mortem: ${plain(titleOf(data))}`,
      `${timeText(header.from)} to ${timeText(header.until)} UTC, ${plain(header.contexts.join(', '))}`,
      '## Summary',
      ...releases.map(summaryOf),
      ...plans.map(({ name, phase }) => `- Plan ${plain(name)}: ${plain(phase)}`),
      '_What happened, in two or three sentences._',
      '## Impact',
      ...releases.map(
        (release) =>
          `- ${plain(release.entry.context)}: the new version was given up to ${reachedWeight(release)} % of the traffic for ${tookText(release)}`,
      ),
      '_Who noticed what, and for how long._',
      '## Time line',
      ...releases.map(timeLine),
      ...plans.map(({ name, events }) =>
        [
          `### Plan ${plain(name)}`,
          table(
            ['Time', 'What'],
            events.map(({ at, text }) => [timeText(at), text]),
          ),
        ].join('\n\n'),
      ),
      '## What changed',
      ...releases.map(changeOf),
      '## Metrics',
      ...metricsOf(releases),
      '## Decisions',
      table(
        ['Time', 'Who', 'What', 'Why'],
        acts.map((act) => [timeText(act.at), whoText(act), actText(act), act.reason]),
      ),
      '## Causes',
      '_What led to it, and why it was not found before._',
      '## Follow-ups',
      '- [ ] _What is done, by whom, until when._',
      '---',
      `Captured ${timeText(header.capturedAt)} UTC by ${plain(header.by.account)} on ${plain(header.by.host)} with Argosy ${plain(header.app)}.`,
      ...chains.map((each) => `- ${plain(proofText(each))}`),
    ].join('\n\n') + '\n'
  )
}

/** A text of somebody else as text: no markup, no HTML, no link, in one line. */
export const plain = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu, ' ')
    .replaceAll(/[\\`*_{}[\]<>#!|~&@$^]/g, String.raw`\$&`)
    .replaceAll(/:\/\//g, String.raw`:\//`)
    .replaceAll(/\bwww\./gi, String.raw`www\.`)
    .replace(/^(\s*)([-+=])/, String.raw`$1\$2`)
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, String.raw`$1\$2`)

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'None.'
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(row.map(plain)))].join('\n')
}

const nameOf = ({ entry: { namespace, name, context } }: ReportedRelease): string =>
  plain(`${namespace}/${name} in ${context}`)

function summaryOf(release: ReportedRelease): string {
  const { outcome, actor, reason } = release.entry
  const back = backAfter(release)
  const why = [actor === undefined ? '' : `by ${actor}`, reason === undefined ? '' : `“${reason}”`]
    .filter(Boolean)
    .join(', ')
  const details = [
    `${outcome} after ${tookText(release)}`,
    why,
    back === undefined ? '' : `back on stable after ${back}`,
  ]
  return `- **${nameOf(release)}** ${plain(versionsText(release))}: ${plain(details.filter(Boolean).join('; '))}`
}

function timeLine(release: ReportedRelease): string {
  const { timeline, gaps } = release
  const rows = timeline.map((moment) => [timeText(moment.at), moment.who, momentText(moment)])
  const missing = gaps.map(({ from, until }) => `- Not recorded: ${timeText(from)} to ${timeText(until)}`)
  return [`### ${nameOf(release)}`, table(['Time', 'Who', 'What'], rows), ...missing].join('\n\n')
}

function changeOf(release: ReportedRelease): string {
  const rows = release.diff?.summary.map(({ op, path, before = '', after = '' }) => [op, path, before, after])
  const changes =
    rows === undefined
      ? 'The templates of both revisions were not recorded.'
      : table(['', 'Where', 'Before', 'After'], rows)
  return [`### ${nameOf(release)}`, changes, ...(release.diff?.lookAt ?? []).map((each) => `- ${plain(each)}`)].join(
    '\n\n',
  )
}

function metricsOf(releases: readonly ReportedRelease[]): readonly string[] {
  const rows = releases.flatMap(({ metrics }) => metrics.map(metricRow))
  return [table(['Metric', 'Analysis', 'Came to', 'Measurements', 'Not passed', 'Last value'], rows)]
}

const metricRow = ({ name, run, phase, measurements }: ReportedMetric): readonly string[] => [
  name,
  run,
  phase,
  String(measurements.length),
  String(measurements.filter((each) => each.phase !== 'Successful').length),
  measurements.at(-1)?.value ?? '',
]
