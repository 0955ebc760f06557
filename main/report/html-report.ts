import { createHash } from 'node:crypto'
import { momentText } from '#main/history/moment-text.ts'
import { chart } from './chart.ts'
import type { ReportData, ReportedMetric, ReportedRelease } from './report-data.ts'
import { style } from './report-style.ts'
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

/**
 * One page that needs nothing else: no script, nothing that is fetched, and a policy that forbids both, whatever a cluster or a person
 * wrote into what it shows. Every text goes through `escape`.
 */
export function htmlReport(data: ReportData): string {
  const { header, releases, acts, plans, chains } = data
  const title = escape(titleOf(data))
  const styleHash = createHash('sha256').update(style).digest('base64')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="dim">${timeText(header.from)} to ${timeText(header.until)} UTC, ${escape(header.contexts.join(', '))}</p>
</header>
${plans.map(planSection).join('\n')}
${releases.map(releaseSection).join('\n')}
${releases.length === 0 ? '<p>No rollout was recorded in this time.</p>' : ''}
<section>
<h2>Acts and decisions</h2>
${table(
  ['Time (UTC)', 'Who', 'What', 'Why'],
  acts.map((act) => [
    timeText(act.at),
    whoText(act),
    actText(act),
    [act.reason, act.setAside === undefined ? '' : `set aside: ${act.setAside}`].filter(Boolean).join('; '),
  ]),
)}
</section>
<footer>
<p>Captured ${timeText(header.capturedAt)} UTC by ${escape(header.by.account)} on ${escape(header.by.host)} with Argosy ${escape(header.app)}.</p>
<p>Record of ${chains.map((each) => escape(proofText(each))).join('<br>')}</p>
</footer>
</body>
</html>
`
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Also of what would turn the text around or hide in it (UAX #9). */
export const escape = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu, (each) => (each === '\n' ? each : ' '))
    .replaceAll(/[&<>"']/g, (each) => escapes[each] ?? each)

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p class="dim">None.</p>'
  const cells = (row: readonly string[]) => row.map((each) => `<td>${escape(each)}</td>`).join('')
  return `<div class="scroll"><table><thead><tr>${heads.map((each) => `<th>${each}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells(row)}</tr>`)
    .join('\n')}</tbody></table></div>`
}

const planSection = ({ name, phase, events }: ReportData['plans'][number]): string => `<section>
<h2>Plan ${escape(name)}: ${escape(phase)}</h2>
${table(
  ['Time (UTC)', 'What'],
  events.map(({ at, text }) => [timeText(at), text]),
)}
</section>`

function releaseSection(release: ReportedRelease): string {
  const { entry, timeline, diff, gaps, metrics } = release
  const { startedAt, endedAt = timeline.at(-1)?.at ?? startedAt } = entry
  const box = { from: startedAt, until: Math.max(endedAt, timeline.at(-1)?.at ?? endedAt), top: 100, unit: '%' }
  const weights = timeline.flatMap((moment) =>
    moment.kind === 'weight' ? [{ at: moment.at, value: moment.actualWeight }] : [],
  )
  const back = backAfter(release)
  const facts: readonly (readonly [string, string])[] = [
    ['Started', `${timeText(startedAt)} UTC`],
    ['Took', tookText(release)],
    ['Reached', `${reachedWeight(release)} %`],
    ...(back === undefined ? [] : [['Back on stable after', back] as const]),
    ['Cluster', entry.context],
    ['By', entry.actor ?? 'not known'],
    ['Reason', entry.reason ?? 'none given'],
  ]
  return `<section class="release">
<h2>${escape(`${entry.namespace}/${entry.name}`)} <span class="mono">${escape(versionsText(release))}</span> <span class="tag ${entry.outcome}">${entry.outcome}</span></h2>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>
<h3>Weight of the new version</h3>
${chart({ points: weights, isStep: true }, box, 'Weight of the new version')}
${gaps.length === 0 ? '' : `<p class="gap">Not recorded: ${gaps.map(({ from, until }) => `${timeText(from)} to ${timeText(until)}`).join('; ')} UTC. What happened then is not known.</p>`}
${metrics.map((metric) => metricPart(metric, box)).join('\n')}
<h3>What changed</h3>
${diff === undefined ? '<p class="dim">The templates of both revisions were not recorded.</p>' : diffPart(diff)}
<h3>Time line</h3>
${table(
  ['Time (UTC)', 'Who', 'What'],
  timeline.map((moment) => [timeText(moment.at), moment.who, momentText(moment)]),
)}
</section>`
}

function metricPart(
  { run, name, phase, measurements }: ReportedMetric,
  box: { readonly from: number; readonly until: number },
): string {
  const points = measurements.flatMap(({ at, value, phase: each }) => {
    const number = Number(value)
    return value === '' || !Number.isFinite(number) || number < 0
      ? []
      : [{ at, value: number, bad: each !== 'Successful' }]
  })
  const top = Math.max(0, ...points.map(({ value }) => value))
  const head = `<h3>${escape(name)} <span class="dim">${escape(phase)}, ${measurements.length} measurements of ${escape(run)}</span></h3>`
  return points.length < 2 ? head : head + chart({ points, isStep: false }, { ...box, top, unit: '' }, 'Measurements')
}

function diffPart({ summary, lookAt, lines }: NonNullable<ReportedRelease['diff']>): string {
  const shown = lines.filter(({ op, folded }) => op !== ' ' && !folded)
  const text = shown.map(
    ({ op, text: line }) => `<span class="${op === '+' ? 'plus' : 'minus'}">${op} ${escape(line)}</span>`,
  )
  return [
    table(
      ['', 'Where', 'Before', 'After'],
      summary.map(({ op, path, before = '', after = '' }) => [op, path, before, after]),
    ),
    lookAt.length === 0 ? '' : `<ul>${lookAt.map((each) => `<li>${escape(each)}</li>`).join('')}</ul>`,
    shown.length === 0 ? '' : `<pre>${text.join('\n')}</pre>`,
  ].join('\n')
}
