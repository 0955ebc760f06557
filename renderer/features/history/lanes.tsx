import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import type { EpochMs } from '#lib/clock.ts'
import { formatTime } from '../../format/clock-time.ts'
import { statusWord, toneOf } from '../../format/status-words.ts'
import { StatusIcon } from '../../marks/status-mark.tsx'
import { useText } from '../../store/use-app.ts'
import { drawn, placeOf, type Replay, type Stretch, ticks } from './replay.ts'

interface LanesProps {
  readonly replay: Replay
  readonly moment: EpochMs
  readonly onMove: (moment: EpochMs) => void
}

/** One time axis for all lanes; left of the playhead full ink, right of it faded (UI-HIST-2). */
export function Lanes({ replay, moment, onMove }: LanesProps) {
  const text = useText()
  const axis = useRef<HTMLDivElement>(null)
  const drag = (event: PointerEvent) => {
    const box = axis.current?.getBoundingClientRect()
    if (box === undefined || event.buttons !== 1) return
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    onMove(Math.round(replay.start + share * (replay.end - replay.start)))
  }
  const labels = [text('lane.weight'), text('lane.steps'), text('lane.status'), text('lane.pods'), text('lane.events')]
  return (
    <div className="lanes">
      <div className="lane-labels" aria-hidden>
        {labels.map((label) => (
          <span key={label} className="cut">
            {label}
          </span>
        ))}
      </div>
      <div ref={axis} className="axis" onPointerDown={drag} onPointerMove={drag}>
        <Ticks replay={replay} />
        <WeightLane replay={replay} moment={moment} />
        <StepLane replay={replay} moment={moment} />
        <StatusLane replay={replay} moment={moment} />
        <PodLane replay={replay} moment={moment} />
        <MarkLane replay={replay} moment={moment} />
        {replay.gaps.map((gap) => (
          <span key={gap.from} className="gap hatch cut" style={spanOf(replay, gap)} title={gap.moment.why}>
            {gap.moment.why}
          </span>
        ))}
        <Playhead replay={replay} moment={moment} onMove={onMove} />
      </div>
    </div>
  )
}

const spanOf = (replay: Replay, { from, to }: Pick<Stretch<unknown>, 'from' | 'to'>) => ({
  insetInlineStart: `${placeOf(replay, from)}%`,
  width: `${placeOf(replay, to) - placeOf(replay, from)}%`,
})

const later = (from: EpochMs, moment: EpochMs): string => (from > moment ? ' later' : '')

function Ticks({ replay }: { readonly replay: Replay }) {
  return ticks(replay).map((tick) => (
    <span key={tick} className="tick num" style={{ insetInlineStart: `${placeOf(replay, tick)}%` }}>
      <span>{formatTime(tick)}</span>
    </span>
  ))
}

type LaneProps = Omit<LanesProps, 'onMove'>

/** The highest weight of the record fills the lane; a small canary would be a hairline otherwise. */
function WeightLane({ replay, moment }: LaneProps) {
  const highest = Math.max(1, ...replay.weight.map((stretch) => stretch.moment.actualWeight))
  return (
    <div className="lane weight-lane">
      {drawn(replay.weight).map((stretch) => (
        <span
          key={stretch.from}
          className={`weight-step${later(stretch.from, moment)}`}
          style={spanOf(replay, stretch)}
        >
          <i className="fill-canary" style={{ height: `${(stretch.moment.actualWeight / highest) * 70}%` }} />
          <span className="num">{`${stretch.moment.actualWeight}%`}</span>
        </span>
      ))}
    </div>
  )
}

function StepLane({ replay, moment }: LaneProps) {
  return (
    <div className="lane">
      {drawn(replay.steps).map((stretch) => (
        <span
          key={stretch.from}
          className={`block drops num${later(stretch.from, moment)}`}
          style={spanOf(replay, stretch)}
        >
          <span className="cut">{`${stretch.moment.stepIndex}/${stretch.moment.stepCount}`}</span>
        </span>
      ))}
    </div>
  )
}

function StatusLane({ replay, moment }: LaneProps) {
  const text = useText()
  return (
    <div className="lane">
      {drawn(replay.status).map((stretch) => {
        const { status, message } = stretch.moment
        const tone = toneOf(status)
        const word = statusWord(text, status)
        return (
          <span
            key={stretch.from}
            className={`block drops soft-${tone} ink-${tone}${later(stretch.from, moment)}`}
            style={spanOf(replay, stretch)}
            title={[word, message].filter(Boolean).join(': ')}
          >
            <StatusIcon status={status} />
            <span className="cut">{word}</span>
          </span>
        )
      })}
    </div>
  )
}

function PodLane({ replay, moment }: LaneProps) {
  const text = useText()
  return (
    <div className="lane">
      {drawn(replay.pods).map((stretch) => {
        const { canary, stable } = stretch.moment
        const words = text('traffic.podCounts', { canary, stable })
        return (
          <span
            key={stretch.from}
            className={`pods-block num${later(stretch.from, moment)}`}
            style={spanOf(replay, stretch)}
            title={words}
          >
            <i className="fill-canary" style={{ flexGrow: canary }} />
            <i className="fill-stable" style={{ flexGrow: stable }} />
            <span>{`${canary} + ${stable}`}</span>
          </span>
        )
      })}
    </div>
  )
}

function MarkLane({ replay, moment }: LaneProps) {
  return (
    <div className="lane">
      {replay.marks.map((mark, index) => (
        <span
          key={`${mark.at} ${index}`}
          className={`mark ${mark.kind === 'action' ? 'person' : mark.type === 'Warning' ? 'warning' : ''}${later(mark.at, moment)}`}
          style={{ insetInlineStart: `${placeOf(replay, mark.at)}%` }}
          title={mark.kind === 'action' ? `${mark.who} ${mark.action}` : `${mark.reason} ${mark.message}`}
        />
      ))}
    </div>
  )
}

/** The keys of the page move it too; here it is a slider for whoever tabs to it (UI-A11Y-9). */
function Playhead({ replay, moment, onMove }: LanesProps) {
  const text = useText()
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -10_000, ArrowRight: 10_000, PageDown: -60_000, PageUp: 60_000 }[event.key]
    if (by === undefined || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    onMove(Math.min(replay.end, Math.max(replay.start, moment + by)))
  }
  return (
    <div
      className="playhead"
      role="slider"
      tabIndex={0}
      aria-label={text('replay.playhead')}
      aria-valuemin={0}
      aria-valuemax={Math.round((replay.end - replay.start) / 1000)}
      aria-valuenow={Math.round((moment - replay.start) / 1000)}
      aria-valuetext={formatTime(moment)}
      style={{ insetInlineStart: `${placeOf(replay, moment)}%` }}
      onKeyDown={onKeyDown}
    >
      <span
        className={`num${placeOf(replay, moment) > 92 ? ' at-end' : placeOf(replay, moment) < 8 ? ' at-start' : ''}`}
      >
        {formatTime(moment)}
      </span>
    </div>
  )
}
