import { type ReactNode, useMemo, useState } from 'react'
import type { HistoryEntryView, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failureWords } from '../../format/failure-words.ts'
import type { Film } from '../../store/film.ts'
import { hrefOf } from '../../store/route.ts'
import { type Loaded, useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Message } from '../../ui/message.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { Lanes } from './lanes.tsx'
import { PastBanner } from './past-banner.tsx'
import { PastPane } from './past-pane.tsx'
import { layOut, type Replay } from './replay.ts'
import { type Span, spanAt, stretchOf } from './stretch.ts'
import { Transport } from './transport.tsx'
import { useFilm } from './use-film.ts'
import './history.css'
import './past.css'

interface PastPageProps {
  readonly rolloutKey: RolloutKey
  /** The moment that is asked for. */
  readonly at: EpochMs
  /** The page of the Rollout, as it is drawn live. */
  readonly children: ReactNode
}

/** A Rollout as it was at any past moment, on the page of the present (W9). */
export default function PastPage({ rolloutKey, at, children }: PastPageProps) {
  const runs = useRuns(rolloutKey)
  const text = useText()
  if (runs === undefined) return <p className="loading faint">{text('load.label')}</p>
  return (
    <Release key={`${rolloutKey} ${at}`} rolloutKey={rolloutKey} at={at} runs={runs}>
      {children}
    </Release>
  )
}

const runsMax = 500

/** Its releases, newest first; none where they cannot be read: a film needs none. `undefined`: not known yet. */
function useRuns(key: RolloutKey): readonly HistoryEntryView[] | undefined {
  const { bridge } = useApp()
  const name = decodeURIComponent(key.split('/').at(-1) ?? '')
  const runs = useAnswer<readonly HistoryEntryView[]>(`runs ${key}`, async () => ({
    state: 'there',
    value: await bridge.call('history.list', { filter: name, limit: runsMax }),
  }))
  if (runs.state === 'loading') return undefined
  return runs.state === 'there' ? runs.value.filter((run) => run.key === key) : []
}

interface ReleaseProps extends PastPageProps {
  readonly runs: readonly HistoryEntryView[]
}

function Release({ rolloutKey, at, runs, children }: ReleaseProps) {
  const app = useApp()
  const [opened] = useState(() => app.clock.now())
  const [span, setSpan] = useState<Span>(() => spanAt(runs, at, opened))
  const { from, until, run } = stretchOf(span, { runs, at, now: opened })
  const film = useFilm(rolloutKey, from, until)
  const choose = (next: Span) => setSpan(next)
  useKeys({ Escape: () => app.goTo(hrefOf({ page: 'rollout', key: rolloutKey })) })
  return (
    <div className="past">
      <PastBanner rolloutKey={rolloutKey} runs={runs} run={run} span={span} onSpan={choose} />
      {film.state === 'there' ? (
        <Screening key={`${from} ${until}`} film={film.value} at={Math.min(until, Math.max(from, at))}>
          {children}
        </Screening>
      ) : (
        <NoFilm loaded={film} />
      )}
    </div>
  )
}

function NoFilm({ loaded }: { readonly loaded: Loaded<Film> }) {
  const text = useText()
  if (loaded.state !== 'failed') return <p className="loading faint">{text('past.loading')}</p>
  const { failure } = loaded
  const isUnknown = failure.kind === 'NotFound'
  return (
    <Message icon="history" title={text(isUnknown ? 'past.nothing' : 'past.failed')}>
      <p>
        {isUnknown
          ? text('past.nothingWhy')
          : failure.kind === 'Bridge'
            ? failure.message
            : failureWords(text, failure)}
      </p>
    </Message>
  )
}

/** Pixels of the window in which all lanes leave enough room for the page. */
const tallEnough = 820

interface ScreeningProps {
  readonly film: Film
  readonly at: EpochMs
  readonly children: ReactNode
}

function Screening({ film, at, children }: ScreeningProps) {
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
          <PastPane film={film} at={pinned} name="A">
            {children}
          </PastPane>
        )}
        <PastPane film={film} at={moment} name={pinned === undefined ? undefined : 'B'}>
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
