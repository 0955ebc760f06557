import { type ReactNode, useMemo, useState } from 'react'
import type { HistoryEntryView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatTime } from '../../format/clock-time.ts'
import type { Film } from '../../store/film.ts'
import { useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { Beside } from './beside.tsx'
import { Lanes } from './lanes.tsx'
import { PastPane } from './past-pane.tsx'
import { layOut, type Replay } from './replay.ts'
import { Transport } from './transport.tsx'

/** Pixels of the window in which all lanes leave enough room for the page. */
const tallEnough = 820

interface ScreeningProps {
  readonly film: Film
  readonly at: EpochMs
  /** Other releases of the application, which may stand beside it. */
  readonly others: readonly HistoryEntryView[]
  /** The page of the Rollout, as it is drawn live. */
  readonly children: ReactNode
}

/** The axis of a film, and the page at the playhead; beside it, if wanted, another moment or another release (UI-HIST-7). */
export function Screening({ film, at, others, children }: ScreeningProps) {
  const text = useText()
  const replay = useReplay(film)
  const [isFolded, setFolded] = useState(() => window.innerHeight < tallEnough)
  const lanes = useMemo(
    () => (isFolded ? { ...replay, weight: [], steps: [], measured: [], pods: [] } : replay),
    [isFolded, replay],
  )
  const fold = () => setFolded(!isFolded)
  const [moment, setMoment] = useState(at)
  const [pinned, setPinned] = useState<EpochMs>()
  const compare = () => setPinned(pinned === undefined ? moment : undefined)
  useKeys({ C: compare, L: fold })
  return (
    <>
      <section className="panel replay past-replay" data-region>
        <Transport replay={replay} moment={moment} onMove={setMoment}>
          <Button
            small
            hint="L"
            pressed={!isFolded}
            label={text('past.lanes')}
            title={text('past.lanesMean')}
            onPress={fold}
          />
          <Button
            small
            icon="diff"
            hint="C"
            pressed={pinned !== undefined}
            label={text('past.compare')}
            title={text('past.compareMeans')}
            onPress={compare}
          />
        </Transport>
        <Lanes replay={lanes} moment={moment} pinned={pinned} onMove={setMoment} />
      </section>
      <div className={pinned === undefined ? 'past-panes' : 'past-panes two'}>
        {pinned !== undefined && (
          <Beside film={film} at={moment} pinned={pinned} others={others}>
            {children}
          </Beside>
        )}
        <PastPane
          film={film}
          at={moment}
          head={
            pinned === undefined ? undefined : (
              <>
                <b>B</b>
                <span className="num">{formatTime(moment)}</span>
              </>
            )
          }
        >
          {children}
        </PastPane>
      </div>
    </>
  )
}

/** The lanes of a film, its gaps among them (UI-HIST-4). */
function useReplay(film: Film): Replay {
  const text = useText()
  return useMemo(() => {
    const why = text('past.gap')
    const gaps = film.gaps.map(({ from, until }) => ({ at: from, until, who: '', kind: 'gap' as const, why }))
    return layOut({ ...film, timeline: [...film.timeline, ...gaps] })
  }, [film, text])
}
