import { useMemo, useState } from 'react'
import { rolloutKey } from '#contract/keys.ts'
import type { HistoryRecordView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatMinute, formatMoment } from '../../format/clock-time.ts'
import { formatClockSpan } from '../../format/duration.ts'
import { failureWords } from '../../format/failure-words.ts'
import { diffOf, hrefOf, pastOf } from '../../store/route.ts'
import { useAnswer, useApp, useLocale, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { outcomeMarks } from './history-list.tsx'
import { Lanes } from './lanes.tsx'
import { MomentEvents, MomentState } from './moment.tsx'
import { MomentCharts } from './moment-charts.tsx'
import { layOut, type Replay } from './replay.ts'
import { ToldAfterwards } from './told-afterwards.tsx'
import { Transport } from './transport.tsx'
import { useFilm } from './use-film.ts'

/** One past rollout: outcome and reason, the replay, the state at the playhead. */
export function RecordView({ id }: { readonly id: string }) {
  const { bridge } = useApp()
  const text = useText()
  const record = useAnswer<HistoryRecordView>(`record ${id}`, async () => {
    const outcome = await bridge.call('history.record', { id })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  if (record.state === 'failed') {
    return (
      <Message icon="warn" title={text('history.failed')}>
        <p>{record.failure.kind === 'Bridge' ? record.failure.message : failureWords(text, record.failure)}</p>
      </Message>
    )
  }
  return record.state === 'there' ? (
    <Told record={record.value} />
  ) : (
    <p className="loading faint">{text('load.label')}</p>
  )
}

/** `now` ends a rollout still under way. */
const stretchOf = ({ entry, timeline }: HistoryRecordView, now: EpochMs) => ({
  from: entry.startedAt,
  until: entry.endedAt ?? now,
  timeline,
})

function Told({ record }: { readonly record: HistoryRecordView }) {
  const app = useApp()
  const text = useText()
  const { clock } = app
  const stretch = useMemo(() => stretchOf(record, clock.now()), [record, clock])
  const loaded = useFilm(record.entry.key, stretch.from, stretch.until)
  // Without one, what its moments tell is shown.
  const film = loaded.state === 'there' ? loaded.value : undefined
  const replay = useMemo(() => layOut({ ...stretch, measurements: film?.measurements ?? [] }), [stretch, film])
  const [moment, setMoment] = useState(replay.end)
  const page = film?.page(moment) ?? undefined
  const charted = film !== undefined && film.measurements.length > 0 ? page : undefined
  const open = () => app.goTo(hrefOf(pastOf(record.entry.key, moment)))
  useKeys({ O: open })
  return (
    <div className="record">
      <Top record={record} replay={replay} />
      <section className="panel replay" data-region>
        <Transport replay={replay} moment={moment} onMove={setMoment}>
          <Button
            small
            icon="route"
            hint="O"
            label={text('past.openMoment')}
            title={text('past.openMeans')}
            onPress={open}
          />
        </Transport>
        <Lanes replay={replay} moment={moment} onMove={setMoment} />
      </section>
      <div className={charted === undefined ? 'record-bottom' : 'record-bottom charted'}>
        <MomentState replay={replay} moment={moment} strategy={record.entry.strategy} />
        {charted !== undefined && <MomentCharts page={charted} />}
        <MomentEvents replay={replay} moment={moment} />
      </div>
    </div>
  )
}

interface TopProps {
  readonly record: HistoryRecordView
  readonly replay: Replay
}

function Top({ record: { entry, revisions }, replay }: TopProps) {
  const app = useApp()
  const text = useText()
  const locale = useLocale()
  const { icon, tone } = outcomeMarks[entry.outcome]
  const [reached] = replay.steps.map(({ moment }) => moment).toSorted((a, b) => b.stepIndex - a.stepIndex)
  const [from, to] = [revisions.find((each) => each.revision !== entry.revision)?.revision, entry.revision]
  const facts = [
    { name: text('history.started'), value: formatMoment(entry.startedAt, locale) },
    {
      name: text('history.took'),
      value: entry.endedAt === undefined ? '–' : formatClockSpan(entry.endedAt - entry.startedAt),
    },
    {
      name: text('history.reached'),
      value: reached === undefined ? '–' : text('steps.done', { done: reached.stepIndex, count: reached.stepCount }),
    },
    { name: text('history.where'), value: entry.context },
  ]
  return (
    <section className="panel record-top" data-region>
      <div className="record-what">
        <div className="row">
          <h2 className="cut">{entry.name}</h2>
          <span className="mono dim cut">{[entry.fromVersion, entry.toVersion].filter(Boolean).join(' → ')}</span>
          {entry.revision !== undefined && (
            <span className="faint wide-only">{text('fact.revision', { revision: entry.revision })}</span>
          )}
          <span className={`chip soft-${tone} ink-${tone}`}>
            <Icon name={icon} />
            {text(`outcome.${entry.outcome}`)}
          </span>
          {entry.backFilled === true && <ToldAfterwards />}
          <span className="space" />
          <Button
            small
            icon="diff"
            label={text('action.diff')}
            onPress={() => app.goTo(hrefOf(diffOf(rolloutKey(entry), from, to)))}
          />
        </div>
        <dl className="record-facts">
          {facts.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="num cut">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <WhoAndWhy replay={replay} entry={entry} />
    </section>
  )
}

interface WhoAndWhyProps {
  readonly replay: Replay
  readonly entry: HistoryRecordView['entry']
}

/** UI-HIST-5: who did what, and the reason they gave. */
function WhoAndWhy({ replay, entry: { reason, actor, backFilled } }: WhoAndWhyProps) {
  const text = useText()
  const isUnknown = backFilled === true && actor === undefined
  const who = actor ?? text('source.engine')
  const actions = replay.marks.filter((mark) => mark.kind === 'action')
  return (
    <div className="who-and-why small">
      <h3 className="faint strong">{text('history.whoAndWhy')}</h3>
      {actions.length === 0 && (
        <p className="dim">{reason ?? (isUnknown ? text('past.toldWhy') : text('history.nobody', { actor: who }))}</p>
      )}
      {actions.slice(-3).map((action) => (
        <p key={`${action.at} ${action.action}`} className="row">
          <span className="num faint">{formatMinute(action.at)}</span>
          <Icon name="user" className="faint icon-sm" />
          <span className="cut" title={action.reason}>
            {text(action.reason === '' ? 'history.did' : 'history.didBecause', {
              who: action.who,
              action: text(`action.${action.action}`),
              reason: action.reason,
            })}
          </span>
        </p>
      ))}
    </div>
  )
}
