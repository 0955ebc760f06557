import type { TriedAnalysisView, TriedReleaseView, TriedView } from '#contract/back-test-views.ts'
import { kindWords, phaseWord } from '../../format/analysis-words.ts'
import { wouldIcon, wouldTone, wouldWord } from '../../format/back-test-words.ts'
import { formatDay, formatMinute } from '../../format/clock-time.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

/** What was tried, and what could not be. */
export function BackTestAnalyses({ analyses }: { readonly analyses: readonly TriedAnalysisView[] }) {
  const text = useText()
  return (
    <ul className="back-test-analyses small">
      {analyses.map((each) => (
        <li key={`${each.kind} ${each.stepIndex}`}>
          <span className="dim">{kindOf(text, each)}</span>
          <span className="mono">{each.templates.join(', ')}</span>
          {each.problem !== undefined && (
            <span className="row ink-paused back-test-problem">
              <Icon name="warn" />
              <span>{each.problem}</span>
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

const kindOf = (text: ReturnType<typeof useText>, { kind, stepIndex }: TriedAnalysisView): string =>
  kindWords(text, { kind, stepIndex, rerunOf: undefined })

interface ReleasesProps {
  readonly view: TriedView
  readonly stopped: boolean
}

/** A row per release: how it ended then, and what would have come of it. */
export function BackTestReleases({ view: { state, releases, analyses }, stopped }: ReleasesProps) {
  const text = useText()
  const next = state === 'running' && !stopped ? releases.find(({ would }) => would === undefined) : undefined
  return (
    <table className="back-test-table">
      <thead>
        <tr>
          <th>{text('history.started')}</th>
          <th>{text('fact.version')}</th>
          <th>{text('backTest.ended')}</th>
          <th>{text('backTest.name')}</th>
          <th>{text('measure.why')}</th>
        </tr>
      </thead>
      <tbody>
        {releases.map((release) => (
          <Release key={release.id} release={release} analyses={analyses} isNext={release === next} />
        ))}
      </tbody>
    </table>
  )
}

interface ReleaseProps {
  readonly release: TriedReleaseView
  readonly analyses: readonly TriedAnalysisView[]
  readonly isNext: boolean
}

function Release({ release, analyses, isNext }: ReleaseProps) {
  const text = useText()
  const locale = useLocale()
  const { version = '–', from, outcome, would, verdicts } = release
  return (
    <tr>
      <td className="num">{`${formatDay(from, locale)} ${formatMinute(from)}`}</td>
      <td className="mono">
        <span className="back-test-version cut" title={version}>
          {version}
        </span>
      </td>
      <td>{text(`outcome.${outcome}`)}</td>
      <td>
        {would !== undefined && (
          <span className={`row strong ink-${wouldTone(would)}`}>
            <Icon name={wouldIcon(would)} />
            {wouldWord(text, would)}
          </span>
        )}
        {would === undefined && <span className="faint">{isNext ? text('backTest.isNext') : '–'}</span>}
      </td>
      <td className="back-test-why">
        {verdicts.map(({ analysis, phase, message }) => (
          <p key={analysis}>
            {text('backTest.why', {
              analysis: analyses[analysis] === undefined ? '' : kindOf(text, analyses[analysis]),
              message: message === '' ? phaseWord(text, phase) : message,
            })}
          </p>
        ))}
      </td>
    </tr>
  )
}
