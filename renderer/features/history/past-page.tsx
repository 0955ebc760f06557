import { type ReactNode, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { HistoryEntryView, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failureWords } from '../../format/failure-words.ts'
import type { Film } from '../../store/film.ts'
import { type Loaded, useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Message } from '../../ui/message.tsx'
import { PastBanner } from './past-banner.tsx'
import { Screening } from './screening.tsx'
import { type Span, spanAt, stretchOf } from './stretch.ts'
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
export default function PastPage(props: PastPageProps) {
  const bundle = useStore(useApp().bundle, (state) => state.bundle?.sha256 ?? '')
  // Another bundle is another past: nothing of the one before stays.
  return <Releases key={bundle} {...props} />
}

function Releases({ rolloutKey, at, children }: PastPageProps) {
  const runs = useRuns(rolloutKey)
  const text = useText()
  if (runs === undefined) return <p className="loading faint">{text('load.label')}</p>
  return (
    <Release key={`${rolloutKey} ${at}`} rolloutKey={rolloutKey} at={at} releases={runs}>
      {children}
    </Release>
  )
}

const runsMax = 500

/** Releases of the application in all clusters, newest first; none where they cannot be read: a film needs none. `undefined`: not known yet. */
function useRuns(key: RolloutKey): readonly HistoryEntryView[] | undefined {
  const { bridge } = useApp()
  const name = decodeURIComponent(key.split('/').at(-1) ?? '')
  const runs = useAnswer<readonly HistoryEntryView[]>(`runs ${key}`, async () => {
    const listed = await bridge.call('history.list', { filter: `app:${name}`, limit: runsMax })
    return { state: 'there', value: listed.ok ? listed.value : [] }
  })
  if (runs.state === 'loading') return undefined
  return runs.state === 'there' ? runs.value.filter((run) => run.name === name) : []
}

interface ReleaseProps extends PastPageProps {
  readonly releases: readonly HistoryEntryView[]
}

function Release({ rolloutKey, at, releases, children }: ReleaseProps) {
  const app = useApp()
  const runs = useMemo(() => releases.filter(({ key }) => key === rolloutKey), [releases, rolloutKey])
  const [opened] = useState(() => app.clock.now())
  const [span, setSpan] = useState<Span>(() => spanAt(runs, at, opened))
  const { from, until, run } = stretchOf(span, { runs, at, now: opened })
  const film = useFilm(rolloutKey, from, until)
  const choose = (next: Span) => setSpan(next)
  return (
    <div className="past">
      <PastBanner rolloutKey={rolloutKey} runs={runs} run={run} span={span} onSpan={choose} />
      {film.state === 'there' ? (
        <Screening
          key={`${from} ${until}`}
          film={film.value}
          at={Math.min(until, Math.max(from, at))}
          others={releases.filter((each) => each !== run)}
        >
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
