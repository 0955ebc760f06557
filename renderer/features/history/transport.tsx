import { useEffect, useState } from 'react'
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
}

const speeds = [10, 60, 300] as const
const frameMs = 100

/** Plays the recording, and moves the playhead by ten seconds or by one event. */
export function Transport({ replay, moment, onMove }: TransportProps) {
  const text = useText()
  const [playing, setPlaying] = useState(false)
  const [speed, setSpeed] = useState<(typeof speeds)[number]>(60)
  usePlayback(playing, speed, replay, moment, onMove, () => setPlaying(false))
  const clamp = (to: EpochMs) => onMove(Math.min(replay.end, Math.max(replay.start, to)))
  const toggle = () => {
    if (!playing && moment >= replay.end) onMove(replay.start)
    setPlaying(!playing)
  }
  useKeys({
    ArrowLeft: () => clamp(moment - 10_000),
    ArrowRight: () => clamp(moment + 10_000),
    '⇧ArrowLeft': () => onMove(nextStop(replay, moment, -1)),
    '⇧ArrowRight': () => onMove(nextStop(replay, moment, 1)),
    Home: () => onMove(replay.start),
    End: () => onMove(replay.end),
    Space: toggle,
  })
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
        <Kbd>Space</Kbd> {text('keys.play')} <Kbd>←</Kbd>
        <Kbd>→</Kbd> {text('keys.tenSeconds')} <Kbd>⇧←</Kbd>
        <Kbd>⇧→</Kbd> {text('keys.oneEvent')}
      </span>
    </div>
  )
}

/** Ten steps a second; with reduced motion it jumps from event to event instead (UI-MOT-3). */
function usePlayback(
  playing: boolean,
  speed: number,
  replay: Replay,
  moment: EpochMs,
  onMove: (moment: EpochMs) => void,
  onEnd: () => void,
): void {
  const { clock } = useApp()
  useEffect(() => {
    if (!playing) return undefined
    if (moment >= replay.end) {
      onEnd()
      return undefined
    }
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    const next = still ? nextStop(replay, moment, 1) : Math.min(replay.end, moment + speed * frameMs)
    return clock.after(still ? 10 * frameMs : frameMs, () => onMove(next))
  })
}
