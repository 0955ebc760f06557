import type { FiguresView, SpanView } from '#contract/statistics-views.ts'
import { placeOf } from '../../format/chart-scale.ts'
import { rateWords, spanWords } from '../../format/statistics-words.ts'
import { useText } from '../../store/use-app.ts'

interface GroupsProps {
  readonly title: string
  /** What one of them is. */
  readonly head: string
  readonly rows: readonly { readonly name: string; readonly detail: string; readonly figures: FiguresView }[]
  readonly onNarrow: (name: string) => void
}

/** The same figures of each application, or cluster; a press asks for it alone. */
export function Groups({ title, head, rows, onNarrow }: GroupsProps) {
  const text = useText()
  const most = Math.max(1, ...rows.map(({ figures }) => figures.ended))
  const share = (count: number) => placeOf((count / most) * 100)
  const columns = ['ended', 'failed', 'lead', 'restore', 'took'] as const
  return (
    <section className="panel statistics-groups" data-region aria-label={title}>
      <h2 className="panel-head">{title}</h2>
      <div className="scroll" role="region" tabIndex={0} aria-label={title}>
        <table className="small num">
          <thead>
            <tr>
              <th scope="col">{head}</th>
              {columns.map((column) => (
                <th key={column} scope="col" title={text(`statistics.${column}Means`)}>
                  {text(`statistics.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, detail, figures }) => (
              <tr key={`${detail} ${name}`}>
                <th scope="row" className="cut">
                  <button
                    type="button"
                    className="statistics-name cut"
                    title={text('statistics.narrow', { name: [detail, name].filter(Boolean).join('/') })}
                    onClick={() => onNarrow(name)}
                  >
                    {name}
                  </button>
                  <span className="group-bar" aria-hidden>
                    <i className="bar-good" style={{ width: share(figures.ended - figures.failed) }} />
                    <i className="bar-bad" style={{ width: share(figures.failed) }} />
                  </span>
                </th>
                <td>{figures.ended}</td>
                <td className={figures.failed > 0 ? 'ink-degraded' : ''}>{rateWords(text, figures)}</td>
                <Span span={figures.lead} />
                <Span span={figures.restore} />
                <Span span={figures.durations.Completed} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Span({ span: { count, medianMs } }: { readonly span: SpanView }) {
  const text = useText()
  const of = text(medianMs === undefined ? 'statistics.tooFew' : 'statistics.median', { count })
  return <td title={of}>{medianMs === undefined ? (count === 0 ? '–' : `n ${count}`) : spanWords(medianMs)}</td>
}
