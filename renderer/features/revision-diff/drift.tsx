import type {
  ApplicationDrift,
  DriftCell,
  DriftColumn,
  DriftRow,
  DriftSection,
  DriftView,
  FleetDriftView,
} from '#contract/drift-views.ts'
import type { RolloutKey } from '#contract/views.ts'
import { hrefOf } from '../../store/route.ts'
import { useAnswer, useApp, useRollout, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'
import { Message } from '../../ui/message.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { Failed } from './comparison.tsx'
import { WithHidden } from './hidden.tsx'

const sections: readonly { readonly section: DriftSection; readonly icon: IconName; readonly ink: string }[] = [
  { section: 'drift', icon: 'drift', ink: 'ink-paused' },
  { section: 'planned', icon: 'flag', ink: 'ink-plan' },
  { section: 'expected', icon: 'check', ink: 'faint' },
]

/** One application: rows are fields, columns are clusters (UI-DIFF-6). */
export function AcrossClusters({ rolloutKey }: { readonly rolloutKey: RolloutKey }) {
  const { bridge } = useApp()
  const text = useText()
  // Asked again when it changes on the board.
  const view = useRollout(rolloutKey)
  const drift = useAnswer<DriftView>(`${rolloutKey} ${view?.revision} ${view?.drift}`, async () => {
    const outcome = await bridge.call('diff.drift', { key: rolloutKey })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  if (drift.state === 'failed') return <Failed loaded={drift} />
  if (drift.state !== 'there') return <p className="loading faint">{text('load.label')}</p>
  return <Matrix drift={drift.value} rolloutKey={rolloutKey} />
}

function Matrix({ drift, rolloutKey }: { readonly drift: DriftView; readonly rolloutKey: RolloutKey }) {
  const app = useApp()
  const text = useText()
  const { name, columns, rows } = drift
  const most = mostly(columns)
  const compare = (key: RolloutKey, other: RolloutKey) =>
    app.goTo(hrefOf({ page: 'diff', key, left: 'spec', right: 'spec', rightKey: other, tab: 'clusters' }))
  const open = (column: DriftColumn) => {
    const other = most === column ? columns.find((each) => each !== column) : most
    if (other !== undefined) compare(other.key, column.key)
  }
  const next = columns[(columns.findIndex(({ key }) => key === rolloutKey) + 1) % columns.length]
  useKeys({ B: () => next !== undefined && next.key !== rolloutKey && compare(rolloutKey, next.key) })
  const drifting = columns.filter((_, at) => rows.some(({ cells }) => cells[at]?.state === 'drift'))
  const counts = { drift: countOf(rows, 'drift'), planned: countOf(rows, 'planned') }
  return (
    <div className="drift-page">
      <section className="panel drift" data-region>
        <header className="drift-head">
          <b className="cut">{text('drift.title', { app: name, count: columns.length })}</b>
          {counts.drift > 0 ? (
            <span className="chip drift-chip cut">
              <Icon name="drift" />
              {text('drift.drifts', {
                count: counts.drift,
                clusters: drifting.map(({ context }) => context).join(', '),
              })}
            </span>
          ) : (
            <span className="chip">{text('drift.none')}</span>
          )}
          {counts.planned > 0 && (
            <span className="chip plan-chip cut">
              <Icon name="flag" />
              {text('drift.planned', { count: counts.planned })}
            </span>
          )}
          <span className="space" />
          <span className="faint small cut">{text('drift.against')}</span>
          <Button small icon="grid" label={text('drift.fleet')} onPress={() => app.goTo('#/diff?tab=clusters')} />
        </header>
        {columns.length < 2 ? (
          <p className="drift-note">{text('drift.alone')}</p>
        ) : rows.length === 0 ? (
          <p className="drift-note">{text('drift.same')}</p>
        ) : (
          <div
            className="drift-scroll scroll"
            role="region"
            aria-label={text('drift.title', { app: name, count: columns.length })}
            tabIndex={0}
          >
            <table>
              <thead>
                <tr>
                  <th scope="col">{text('drift.field')}</th>
                  {columns.map((column) => (
                    <th key={column.key} scope="col">
                      <button
                        type="button"
                        className="link cut"
                        title={text('drift.open', { cluster: column.context })}
                        onClick={() => open(column)}
                      >
                        {column.context}
                      </button>
                      <span className="faint small num cut">
                        {text('drift.column', {
                          revision: column.revision ?? '?',
                          differs: column.differs,
                          fields: drift.fields,
                        })}
                      </span>
                    </th>
                  ))}
                </tr>
              </thead>
              {sections.map(({ section, icon, ink }) => (
                <Section key={section} section={section} icon={icon} ink={ink} rows={rows} columns={columns} />
              ))}
            </table>
          </div>
        )}
        <footer className="faint small">
          {text('drift.secrets')} {text('drift.late')}
        </footer>
      </section>
    </div>
  )
}

const countOf = (rows: readonly DriftRow[], section: DriftSection): number =>
  rows.filter((row) => row.section === section).length

/** The cluster that is most like the others. */
const mostly = (columns: readonly DriftColumn[]): DriftColumn | undefined =>
  columns.toSorted((a, b) => a.differs - b.differs)[0]

interface SectionProps {
  readonly section: DriftSection
  readonly icon: IconName
  readonly ink: string
  readonly rows: readonly DriftRow[]
  readonly columns: readonly DriftColumn[]
}

function Section({ section, icon, ink, rows, columns }: SectionProps) {
  const text = useText()
  const own = rows.filter((row) => row.section === section)
  if (own.length === 0) return null
  return (
    <tbody>
      <tr className="drift-section">
        <th scope="rowgroup" colSpan={columns.length + 1}>
          <Icon name={icon} className={ink} /> {text(`drift.section.${section}`)}
        </th>
      </tr>
      {own.map((row) => (
        <tr key={row.at}>
          <th scope="row" title={row.at}>
            <span className="mono cut">{row.field}</span>
            {row.noMajority && <span className="small ink-paused">{text('drift.noMajority')}</span>}
          </th>
          {row.cells.map((cell, at) => (
            <Cell key={columns[at]?.key} cell={cell} />
          ))}
        </tr>
      ))}
    </tbody>
  )
}

function Cell({ cell: { text: value, state } }: { readonly cell: DriftCell }) {
  const text = useText()
  return (
    <td className={`drift-${state}`} title={value}>
      <span className="mono cut">
        {state === 'drift' && <Icon name="drift" />}
        {state === 'planned' && <Icon name="flag" />}
        {value === undefined ? text('drift.unset') : <WithHidden value={value} />}
      </span>
    </td>
  )
}

/** All applications that are in several clusters, those with most drift first. */
export function FleetDrift() {
  const { bridge } = useApp()
  const text = useText()
  const drift = useAnswer<FleetDriftView>('fleet', async () => ({
    state: 'there',
    value: await bridge.call('diff.fleet', undefined),
  }))
  if (drift.state === 'failed') return <Failed loaded={drift} />
  if (drift.state !== 'there') return <p className="loading faint">{text('load.label')}</p>
  const { applications } = drift.value
  if (applications.length === 0) return <Message icon="drift" title={text('drift.fleetNone')} />
  return (
    <div className="drift-page">
      <section className="panel drift" data-region>
        <header className="drift-head">
          <b>{text('drift.fleetTitle')}</b>
        </header>
        <div className="drift-scroll scroll" role="region" aria-label={text('drift.fleetTitle')} tabIndex={0}>
          <table className="fleet-drift">
            <thead>
              <tr>
                <th scope="col">{text('drift.application')}</th>
                {(['clusters', 'drift', 'planned', 'expected'] as const).map((count) => (
                  <th key={count} scope="col">
                    {text(`drift.count.${count}`)}
                  </th>
                ))}
                <th scope="col">{text('drift.where')}</th>
              </tr>
            </thead>
            <tbody>
              {applications.map((application) => (
                <ApplicationRow key={application.key} application={application} />
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  )
}

function ApplicationRow({ application }: { readonly application: ApplicationDrift }) {
  const { namespace, name, key, clusters, drift, planned, expected, drifting } = application
  return (
    <tr>
      <th scope="row">
        <a
          className="link cut"
          href={hrefOf({ page: 'diff', key, left: undefined, right: undefined, rightKey: undefined, tab: 'clusters' })}
        >
          {name}
        </a>
        <span className="faint small cut">{namespace}</span>
      </th>
      <td className="num">{clusters}</td>
      <td className={`num ${drift > 0 ? 'drift-drift' : ''}`}>
        {drift > 0 && <Icon name="drift" />} {drift}
      </td>
      <td className={`num ${planned > 0 ? 'drift-planned' : ''}`}>
        {planned > 0 && <Icon name="flag" />} {planned}
      </td>
      <td className="num faint">{expected}</td>
      <td>
        <span className="cut" title={drifting.join(', ')}>
          {drifting.join(', ')}
        </span>
      </td>
    </tr>
  )
}
