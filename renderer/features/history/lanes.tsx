import { type KeyboardEvent, memo, type PointerEvent, useRef } from 'react'
import type { EpochMs } from '#lib/clock.ts'
import { formatTime } from '../../format/clock-time.ts'
import { statusWord, toneOf } from '../../format/status-words.ts'
import { MeasurementSign } from '../../marks/measurement-mark.tsx'
import { StatusIcon } from '../../marks/status-mark.tsx'
import { useText } from '../../store/use-app.ts'
import { drawn, placeOf, type Replay, type Stretch, ticks } from './replay.ts'

interface LanesProps {
  readonly replay: Replay
  readonly moment: EpochMs
  readonly onMove: (moment: EpochMs) => void
}

/** One time axis for all lanes; left of the playhead full ink, right of it faded (UI-HIST-2). */
export function Lanes({ replay, moment, pinned, onMove }: LanesProps & { readonly pinned?: EpochMs | undefined }) {
  const axis = useRef<HTMLDivElement>(null)
  const drag = (event: PointerEvent) => {
    const box = axis.current?.getBoundingClientRect()
    if (box === undefined || event.buttons !== 1) return
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    onMove(Math.round(replay.start + share * (replay.end - replay.start)))
  }
  return (
    <div className="lanes">
      <Labels replay={replay} />
      <div ref={axis} className="axis" onPointerDown={drag} onPointerMove={drag}>
        <Told replay={replay} />
        <span className="veil" style={{ insetInlineStart: `${placeOf(replay, moment)}%` }} />
        {pinned !== undefined && (
          <span className="pin" style={{ insetInlineStart: `${placeOf(replay, pinned)}%` }}>
            <span>A</span>
          </span>
        )}
        <Playhead replay={replay} moment={moment} onMove={onMove} />
      </div>
    </div>
  )
}

interface LaneProps {
  readonly replay: Replay
}

/** More metrics than these have no lane. */
const measuredMax = 4

function Labels({ replay }: LaneProps) {
  const text = useText()
  const { weight, steps, status, pods, measured } = replay
  return (
    <div className="lane-labels" aria-hidden>
      {weight.length > 0 && <span className="lane-tall cut">{text('lane.weight')}</span>}
      {steps.length > 0 && <span className="cut">{text('lane.steps')}</span>}
      {status.length > 0 && <span className="cut">{text('lane.status')}</span>}
      {measured.slice(0, measuredMax).map(({ metric }) => (
        <span key={metric} className="lane-low cut" title={metric}>
          {metric}
        </span>
      ))}
      {pods.length > 0 && <span className="cut">{text('lane.pods')}</span>}
      <span className="cut">{text('lane.events')}</span>
    </div>
  )
}

/** All that stands still while the playhead moves. */
const Told = memo(function Told({ replay }: LaneProps) {
  return (
    <>
      <Ticks replay={replay} />
      {replay.gaps.map((gap) => (
        <span key={gap.from} className="gap hatch cut" style={spanOf(replay, gap)} title={gap.moment.why}>
          {gap.moment.why}
        </span>
      ))}
      {replay.weight.length > 0 && <WeightLane replay={replay} />}
      {replay.steps.length > 0 && <StepLane replay={replay} />}
      {replay.status.length > 0 && <StatusLane replay={replay} />}
      {replay.measured.slice(0, measuredMax).map(({ metric, marks }) => (
        <MeasuredLane key={metric} replay={replay} marks={marks} />
      ))}
      {replay.pods.length > 0 && <PodLane replay={replay} />}
      <MarkLane replay={replay} />
    </>
  )
})

const spanOf = (replay: Replay, { from, to }: Pick<Stretch<unknown>, 'from' | 'to'>) => ({
  insetInlineStart: `${placeOf(replay, from)}%`,
  width: `${placeOf(replay, to) - placeOf(replay, from)}%`,
})

function Ticks({ replay }: { readonly replay: Replay }) {
  return ticks(replay).map((tick) => (
    <span key={tick} className="tick num" style={{ insetInlineStart: `${placeOf(replay, tick)}%` }}>
      <span>{formatTime(tick)}</span>
    </span>
  ))
}

/** The highest weight of the record fills the lane; a small canary would be a hairline otherwise. */
function WeightLane({ replay }: LaneProps) {
  const highest = Math.max(1, ...replay.weight.map((stretch) => stretch.moment.actualWeight))
  return (
    <div className="lane lane-tall weight-lane">
      {drawn(replay.weight).map((stretch) => (
        <span key={stretch.from} className="weight-step" style={spanOf(replay, stretch)}>
          <i className="fill-canary" style={{ height: `${(stretch.moment.actualWeight / highest) * 70}%` }} />
          <span className="num">{`${stretch.moment.actualWeight}%`}</span>
        </span>
      ))}
    </div>
  )
}

function StepLane({ replay }: LaneProps) {
  return (
    <div className="lane">
      {drawn(replay.steps).map((stretch) => (
        <span key={stretch.from} className="block drops num" style={spanOf(replay, stretch)}>
          <span className="cut">{`${stretch.moment.stepIndex}/${stretch.moment.stepCount}`}</span>
        </span>
      ))}
    </div>
  )
}

function StatusLane({ replay }: LaneProps) {
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
            className={`block drops soft-${tone} ink-${tone}`}
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

/** The shape of a mark tells how it came out, not its colour alone (UI-A11Y-1). */
function MeasuredLane({ replay, marks }: LaneProps & { readonly marks: Replay['measured'][number]['marks'] }) {
  return (
    <div className="lane lane-low measured-lane">
      {marks.map(({ at, phase, value }) => (
        <span
          key={at}
          style={{ insetInlineStart: `${placeOf(replay, at)}%` }}
          title={`${formatTime(at)} ${phase} ${value}`}
        >
          <MeasurementSign phase={phase} />
        </span>
      ))}
    </div>
  )
}

function PodLane({ replay }: LaneProps) {
  const text = useText()
  return (
    <div className="lane">
      {drawn(replay.pods).map((stretch) => {
        const { canary, stable } = stretch.moment
        const words = text('traffic.podCounts', { canary, stable })
        return (
          <span key={stretch.from} className="pods-block num" style={spanOf(replay, stretch)} title={words}>
            <i className="fill-canary" style={{ flexGrow: canary }} />
            <i className="fill-stable" style={{ flexGrow: stable }} />
            <span className="cut">{`${canary} + ${stable}`}</span>
          </span>
        )
      })}
    </div>
  )
}

function MarkLane({ replay }: LaneProps) {
  const text = useText()
  return (
    <div className="lane">
      {replay.marks.map((mark, index) => (
        <span
          key={`${mark.at} ${index}`}
          className={`mark ${mark.kind === 'action' ? 'person' : mark.type === 'Warning' ? 'warning' : ''}${mark.backFilled === true ? ' told' : ''}`}
          style={{ insetInlineStart: `${placeOf(replay, mark.at)}%` }}
          title={[
            mark.kind === 'action' ? `${mark.who} ${mark.action}` : `${mark.reason} ${mark.message}`,
            ...(mark.backFilled === true ? [text('past.told')] : []),
          ].join('\n')}
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
