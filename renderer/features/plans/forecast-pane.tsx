import { useRef, useState } from 'react'
import type { PlanForecastView, PlanWaveForecastView } from '#contract/plan-views.ts'
import { formatDuration } from '../../format/duration.ts'
import { changeInShort, versionOf } from '../../format/plan-words.ts'
import type { Text, TextKey } from '../../format/text.ts'
import { formatPercent, percentOf } from '../../format/weight.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Checked } from './use-check.ts'

/** What would go out where, wave by wave, before anything is sent. */
export function ForecastPane({ checked }: { readonly checked: Checked }) {
  const text = useText()
  const { check, isCurrent, failed } = checked
  // A fault is often there for as long as a word is written: what was foreseen before it stays, and says so.
  const last = useRef(check?.forecast)
  if (check?.forecast !== undefined) last.current = check.forecast
  const forecast = last.current
  const isLate = !isCurrent || check?.forecast === undefined
  return (
    <section
      className={`panel plan-forecast${isLate ? ' late' : ''}`}
      data-region
      aria-label={text('planEditor.pane.forecast')}
      aria-busy={!isCurrent}
    >
      <div className="panel-head">
        <h2>{text('planEditor.pane.forecast')}</h2>
        <span className="sub cut">{text(subOf(checked, forecast !== undefined))}</span>
      </div>
      {failed !== undefined ? (
        <p className="plan-side-none ink-degraded" role="alert">
          {failed}
        </p>
      ) : forecast === undefined ? (
        <p className="plan-side-none faint">{text(check === undefined ? 'dialog.loading' : 'planEditor.noForecast')}</p>
      ) : (
        <div
          className="plan-forecast-body scroll"
          role="region"
          tabIndex={0}
          aria-label={text('planEditor.pane.forecast')}
        >
          <ForecastTotals forecast={forecast} />
          <Warnings forecast={forecast} />
          <ol>
            {forecast.waves.map((wave, index) => (
              <Wave key={`${index} ${wave.name}`} wave={wave} number={index + 1} />
            ))}
          </ol>
        </div>
      )}
    </section>
  )
}

/** How far what is shown is of the text as it is now. */
function subOf({ check, isCurrent }: Checked, isShown: boolean): TextKey {
  if (!isCurrent) return 'planEditor.checking'
  return isShown && check?.forecast === undefined ? 'planEditor.forecastBefore' : 'planEditor.forecastSub'
}

const sum = (waves: readonly PlanWaveForecastView[], of: (wave: PlanWaveForecastView) => number): number =>
  waves.reduce((total, wave) => total + of(wave), 0)

/** The blast radius of the whole plan: clusters, pods, traffic, what is unproven at once, time. */
export function ForecastTotals({ forecast }: { readonly forecast: PlanForecastView }) {
  const text = useText()
  const { waves, change } = forecast
  const clusters = new Set(waves.flatMap(({ members }) => members.map(({ context }) => context))).size
  const unproven = Math.max(0, ...waves.map(({ unprovenShare }) => unprovenShare))
  const risk = Math.max(0, ...waves.map(({ riskMs }) => riskMs))
  const facts = [
    { name: text('planEditor.fact.change'), value: changeInShort(change) || text('plans.byOthers') },
    {
      name: text('planEditor.fact.clusters'),
      value: text('planEditor.clustersIn', { count: clusters, waves: waves.length }),
    },
    { name: text('planEditor.fact.pods'), value: String(sum(waves, ({ pods }) => pods)) },
    { name: text('planEditor.fact.traffic'), value: formatPercent(sum(waves, ({ trafficShare }) => trafficShare)) },
    { name: text('planEditor.fact.unproven'), value: text('planEditor.atMost', { share: formatPercent(unproven) }) },
    { name: text('planEditor.fact.risk'), value: text('planEditor.atLeast', { time: formatDuration(risk) }) },
    { name: text('planEditor.fact.time'), value: timeWords(text, forecast.durationMs) },
  ]
  return (
    <dl className="plan-totals">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="num cut" title={value}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Gates and failures are not foreseen: it takes at least that. */
const timeWords = (text: Text, ms: number | undefined): string =>
  ms === undefined ? text('planEditor.notForeseen') : text('planEditor.atLeast', { time: formatDuration(roundUp(ms)) })

const MINUTE = 60_000
const roundUp = (ms: number): number => (ms < MINUTE ? ms : Math.ceil(ms / MINUTE) * MINUTE)

export function Warnings({ forecast: { warnings, stranded } }: { readonly forecast: PlanForecastView }) {
  const text = useText()
  if (warnings.length === 0 && stranded.length === 0) return null
  return (
    <ul className="plan-warnings">
      {stranded.map(({ member, step, ms }) => (
        <li key={`${member} ${step}`}>
          <Icon name="warn" className="ink-paused" />
          <span>
            {text('plans.about', {
              who: member,
              text: text('planEditor.stranded', { step: step + 1, time: formatDuration(ms) }),
            })}
          </span>
        </li>
      ))}
      {warnings.map(({ member, text: words }, index) => (
        <li key={`${index} ${member}`}>
          <Icon name="warn" className="ink-paused" />
          <span>{member === undefined ? words : text('plans.about', { who: member, text: words })}</span>
        </li>
      ))}
    </ul>
  )
}

function Wave({ wave, number }: { readonly wave: PlanWaveForecastView; readonly number: number }) {
  const text = useText()
  const [open, setOpen] = useState(true)
  return (
    <li className="plan-wave-forecast">
      <button type="button" className="exact-toggle row" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chev-d' : 'chev-r'} />
        <b>{text('plan.waveNumber', { wave: number })}</b>
        <span className="cut dim plain">{wave.name}</span>
        <span className="space" />
        <span className="num plain">{timeWords(text, wave.durationMs)}</span>
      </button>
      <p className="small dim num">
        {text('planEditor.waveFacts', {
          count: wave.members.length,
          pods: wave.pods,
          share: formatPercent(wave.trafficShare),
          unproven: formatPercent(wave.unprovenShare),
        })}
      </p>
      <span className="plan-share" aria-hidden>
        <i className="fill-canary" style={{ width: `${percentOf(wave.unprovenShare)}%` }} />
        <i className="rest" style={{ width: `${percentOf(wave.trafficShare - wave.unprovenShare)}%` }} />
      </span>
      {open && <Members wave={wave} />}
    </li>
  )
}

function Members({ wave: { members, ...wave } }: { readonly wave: PlanWaveForecastView }) {
  const text = useText()
  const isLate = wave.isLate === true
  if (members.length === 0)
    return (
      <p className={`small ${isLate ? 'faint' : 'ink-paused'}`}>{text(isLate ? 'plan.late' : 'planEditor.nobody')}</p>
    )
  return (
    <ul className="plan-wave-members small">
      {members.map((member) => (
        <li key={member.id} title={[member.id, ...member.images].join('\n')}>
          <span className="cut">{member.context}</span>
          <span className="faint cut num">{member.images.map(versionOf).join(', ')}</span>
          <span className="num">{text('planEditor.pods', { count: member.pods })}</span>
          <span className="num">{formatPercent(member.trafficShare)}</span>
          <span className="num faint">
            {member.durationMs === undefined ? '–' : formatDuration(roundUp(member.durationMs))}
          </span>
        </li>
      ))}
    </ul>
  )
}
