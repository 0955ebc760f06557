import type { ForecastEndView, ForecastPathView, ForecastStageView, RolloutView } from '#contract/views.ts'
import { comingTime, followedEndWords, leftWords, stageWords } from '../format/forecast-words.ts'
import { useLocale, useText, useTicking } from '../store/use-app.ts'
import { ForecastBar } from './forecast-bar.tsx'

/** More would push the buttons of a dialog away. */
const stagesMax = 5

interface WhatFollowsProps {
  readonly view: RolloutView
  readonly path: ForecastPathView
}

/** What an action leads to: each stretch of time with its begin, and the end. */
export function WhatFollows({ view, path }: WhatFollowsProps) {
  const text = useText()
  const more = path.stages.length - stagesMax
  return (
    <section className="follows" aria-label={text('forecast.follows')}>
      <h3 className="form-label">{text('forecast.follows')}</h3>
      {path.stages.length > 1 && <ForecastBar path={path} />}
      <ol>
        {path.stages.slice(0, stagesMax).map((stage) => (
          <StageLine key={`${stage.kind} ${stage.step} ${stage.from}`} view={view} stage={stage} how={path.end.how} />
        ))}
        {more > 0 && <li className="faint small">{text('forecast.followsMore', { count: more })}</li>}
        <EndLine view={view} path={path} />
      </ol>
    </section>
  )
}

interface StageLineProps {
  readonly view: RolloutView
  readonly stage: ForecastStageView
  readonly how: ForecastEndView['how']
}

function StageLine({ view, stage, how }: StageLineProps) {
  const text = useText()
  const locale = useLocale()
  const at = useTicking((now) => comingTime(stage.from, now, locale))
  return (
    <li className="row small">
      <i className={`swatch ${stage.kind}`} />
      <span>{stageWords(text, stage, view, how)}</span>
      <span className="space" />
      <span className="num dim">{at}</span>
    </li>
  )
}

function EndLine({ view, path }: WhatFollowsProps) {
  const text = useText()
  const locale = useLocale()
  const end = useTicking((now) => followedEndWords(text, path, view, { now, locale }))
  const left = useTicking((now) => leftWords(text, path, { now, locale }))
  return (
    <li className="forecast-end">
      <b>{end}</b>
      {left !== undefined && <span className="dim num small">{left}</span>}
    </li>
  )
}
