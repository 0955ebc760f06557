import { type ReactNode, useEffect, useState } from 'react'
import type { EpochMs } from '#lib/clock.ts'
import { formatTime } from '../../format/clock-time.ts'
import { formatClockSpan } from '../../format/duration.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button, Kbd } from '../../ui/button.tsx'
import { Segments } from '../../ui/segments.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { nextStop, type Replay } from './replay.ts'

interface TransportProps {
  readonly replay: Replay
  readonly moment: EpochMs
  readonly onMove: (moment: EpochMs) => void
  /** `few`: the arrows belong to the page below. */
  readonly keys?: 'all' | 'few'
  /** What else can be done with the moment. */
  readonly children?: ReactNode
}

const speeds = [1, 10, 60, 600] as const
/** Of playing; what there is to draw changes less often. */
const frameMs = 40

/** Plays the recording, and moves the playhead by ten seconds or by one event. */
export function Transport({ replay, moment, onMove, keys = 'all', children }: TransportProps) {
  const text = useText()
  const [playing, setPlaying] = useState(false)
  const [speed, setSpeed] = useState<(typeof speeds)[number]>(60)
  usePlayback(playing ? speed : 0, { replay, moment, onMove }, () => setPlaying(false))
  const clamp = (to: EpochMs) => onMove(Math.min(replay.end, Math.max(replay.start, to)))
  const toggle = () => {
    if (!playing && moment >= replay.end) onMove(replay.start)
    setPlaying(!playing)
  }
  const arrows = {
    ArrowLeft: () => clamp(moment - 10_000),
    ArrowRight: () => clamp(moment + 10_000),
    '⇧ArrowLeft': () => onMove(nextStop(replay, moment, -1)),
    '⇧ArrowRight': () => onMove(nextStop(replay, moment, 1)),
    Home: () => onMove(replay.start),
    End: () => onMove(replay.end),
  }
  useKeys({ ...(keys === 'all' && arrows), Space: toggle })
  return (
    <div className="transport" role="toolbar" aria-label={text('replay.label')}>
      <Button small label={text('replay.previous')} onPress={() => onMove(nextStop(replay, moment, -1))} />
      <Button
        small
        kind="primary"
        icon={playing ? 'pause' : 'play'}
        label={text(playing ? 'replay.stop' : 'replay.play')}
        onPress={toggle}
      />
      <Button small label={text('replay.next')} onPress={() => onMove(nextStop(replay, moment, 1))} />
      <Segments
        small
        label={text('replay.speed')}
        value={speed}
        onChange={setSpeed}
        segments={speeds.map((value) => ({ value, label: `${value}×` }))}
      />
      <span className="transport-clock num">{formatTime(moment)}</span>
      <span className="faint num cut">
        {text('replay.of', {
          at: formatClockSpan(moment - replay.start),
          end: formatClockSpan(replay.end - replay.start),
        })}
      </span>
      <span className="space" />
      <span className="faint small row wide-only">
        <Kbd>Space</Kbd> {text('keys.play')}
        {keys === 'all' && (
          <>
            <Kbd>←</Kbd>
            <Kbd>→</Kbd> {text('keys.tenSeconds')} <Kbd>⇧←</Kbd>
            <Kbd>⇧→</Kbd> {text('keys.oneEvent')}
          </>
        )}
      </span>
      {children}
    </div>
  )
}

/** `speed` 0 stands still. 25 steps a second; with reduced motion it jumps from event to event instead (UI-MOT-3). */
function usePlayback(
  speed: number,
  { replay, moment, onMove }: Pick<TransportProps, 'replay' | 'moment' | 'onMove'>,
  onEnd: () => void,
): void {
  const { clock } = useApp()
  useEffect(() => {
    if (speed === 0) return undefined
    if (moment >= replay.end) {
      onEnd()
      return undefined
    }
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    const begun = clock.elapsed()
    const next = () =>
      still ? nextStop(replay, moment, 1) : Math.min(replay.end, moment + speed * (clock.elapsed() - begun))
    return clock.after(still ? 1000 : frameMs, () => onMove(next()))
  })
}
