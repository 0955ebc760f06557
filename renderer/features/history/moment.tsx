import type { Strategy } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatTime } from '../../format/clock-time.ts'
import { formatPercent } from '../../format/weight.ts'
import { StatusWord } from '../../marks/status-mark.tsx'
import { TwoPartBar } from '../../marks/weight-bar.tsx'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { at, type Replay } from './replay.ts'
import { ToldAfterwards } from './told-afterwards.tsx'

interface MomentProps {
  readonly replay: Replay
  readonly moment: EpochMs
}

/** What held at the playhead (UI-HIST-3). */
export function MomentState({ replay, moment, strategy }: MomentProps & { readonly strategy: Strategy }) {
  const text = useText()
  const status = at(replay.status, moment)
  const weight = at(replay.weight, moment)
  const step = at(replay.steps, moment)
  const pods = at(replay.pods, moment)
  const blueGreen = strategy === 'blueGreen'
  const share = weight?.actualWeight ?? 0
  const words = { canary: formatPercent(share), stable: formatPercent(100 - share) }
  return (
    <section className="panel moment" aria-label={text('moment.at', { time: formatTime(moment) })}>
      <div className="panel-head">
        <h2 className="num">{text('moment.at', { time: formatTime(moment) })}</h2>
        <span className="space" />
        {status?.backFilled === true && <ToldAfterwards small />}
        {status !== undefined && <StatusWord status={status.status} />}
      </div>
      <div className="scroll" role="region" tabIndex={0} aria-label={text('moment.at', { time: formatTime(moment) })}>
        {status !== undefined && status.message !== '' && <p className="moment-message dim small">{status.message}</p>}
        <dl className="moment-facts small">
          {!blueGreen && (
            <div>
              <dt>{text('traffic.title')}</dt>
              <dd className="num">
                {weight === undefined ? '–' : text('bar.canary', words)}
                {weight !== undefined && (
                  <TwoPartBar label={text('bar.canary', words)} incoming="canary" current="stable" share={share} />
                )}
              </dd>
            </div>
          )}
          <div>
            <dt>{text('fact.steps')}</dt>
            <dd className="num">
              {step === undefined ? '–' : text('steps.done', { done: step.stepIndex, count: step.stepCount })}
            </dd>
          </div>
          <div>
            <dt>{text('traffic.pods')}</dt>
            <dd className="num">
              {pods === undefined ? '–' : text('traffic.podCounts', { canary: pods.canary, stable: pods.stable })}
            </dd>
          </div>
        </dl>
      </div>
    </section>
  )
}

/** All marks of the record in order, those after the playhead faded. */
export function MomentEvents({ replay, moment }: MomentProps) {
  const text = useText()
  return (
    <section className="panel moment-events" aria-label={text('activity.events')}>
      <div className="panel-head">
        <h2>{text('activity.events')}</h2>
        <span className="space" />
        <span className="sub num">{text('moment.count', { count: replay.marks.length })}</span>
      </div>
      <div className="scroll" role="region" tabIndex={0} aria-label={text('activity.events')}>
        {replay.marks.length === 0 && <p className="faint small history-none">{text('moment.noEvents')}</p>}
        <ol>
          {replay.marks.map((mark, index) => {
            const action = mark.kind === 'action'
            const words = action
              ? text('moment.action', { who: mark.who, action: text(`action.${mark.action}`), result: mark.result })
              : `${mark.reason}  ${mark.count > 1 ? `${text('events.times', { count: mark.count })} ` : ''}${mark.message}`
            return (
              <li
                key={`${mark.at} ${index}`}
                className={`moment-event${mark.at > moment ? ' later' : ''}${mark.backFilled === true ? ' told' : ''}`}
              >
                <time className="num faint">{formatTime(mark.at)}</time>
                <Icon
                  name={action ? 'user' : mark.type === 'Warning' ? 'warn' : 'helm'}
                  className={`icon-sm${!action && mark.type === 'Warning' ? ' ink-degraded' : ''}`}
                />
                <span className="cut" title={words}>
                  {words}
                </span>
                {mark.backFilled === true && <ToldAfterwards small />}
              </li>
            )
          })}
        </ol>
      </div>
    </section>
  )
}
