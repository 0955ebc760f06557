import type { SearchProblem } from '#contract/search-terms.ts'
import type { HistoryActionView } from '#contract/views.ts'
import type { Outcome } from '#lib/outcome.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { SearchProblemNote } from '../../marks/search-problem.tsx'
import { hrefOf } from '../../store/route.ts'
import { type Loaded, useAnswer, useApp, useLocale, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'

const pageSize = 500

type FoundActions = Outcome<readonly HistoryActionView[], SearchProblem>

/** The newest actions of people that match, from the disk of this machine. */
export function useActions(filter: string): Loaded<FoundActions> {
  const { bridge } = useApp()
  return useAnswer(`actions ${filter}`, async () => ({
    state: 'there',
    value: await bridge.call('history.actions', { ...(filter === '' ? {} : { filter }), limit: pageSize }),
  }))
}

interface ActionsProps {
  readonly loaded: Loaded<FoundActions>
  readonly filter: string
}

/** UI-HIST-5, ACT-15: who did what and why, sent or refused, also outside of any recorded rollout. */
export function Actions({ loaded, filter }: ActionsProps) {
  const text = useText()
  if (loaded.state !== 'there') return <p className="loading faint">{text('load.label')}</p>
  if (!loaded.value.ok) return <SearchProblemNote of="history" problem={loaded.value.error} />
  const { value: actions } = loaded.value
  if (actions.length === 0 && filter !== '') return <p className="faint small history-none">{text('did.noMatch')}</p>
  if (actions.length === 0) {
    return (
      <Message icon="user" title={text('did.none')}>
        <p>{text('did.noneWhy')}</p>
      </Message>
    )
  }
  return (
    <section className="panel did" data-region aria-label={text('did.list')}>
      <div className="scroll" role="region" tabIndex={0} aria-label={text('did.list')}>
        <table className="did-table small">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className={`did-${column}`}>
                  {text(`did.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {actions.map((action) => (
              <Action key={action.id} action={action} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const columns = ['time', 'action', 'app', 'cluster', 'who', 'result', 'reason'] as const

function Action({ action }: { readonly action: HistoryActionView }) {
  const text = useText()
  const locale = useLocale()
  const aside = action.setAside === undefined ? '' : text('did.setAside', { what: action.setAside })
  const reason = [action.reason, aside].filter((each) => each !== '').join(' · ')
  const result = action.sent ? text('did.sent') : action.result
  const name = action.user ?? action.actor
  const who = action.via === 'cli' ? text('did.byCli', { who: name }) : name
  // The account and the machine it was done from, beside what the cluster calls them.
  const from = action.host === undefined ? who : `${who} · ${action.actor}@${action.host}`
  return (
    <tr className={action.sent ? '' : 'refused'}>
      <td className="num faint cut">{formatMoment(action.at, locale)}</td>
      <td className="strong cut">{text(`action.${action.action}`)}</td>
      <td className="cut">
        {action.name !== '' && (
          <a
            className="link"
            href={hrefOf({ page: 'rollout', key: action.key })}
            title={`${action.namespace}/${action.name}`}
          >
            {action.name}
          </a>
        )}
      </td>
      <td className="cut" title={action.context}>
        {action.context}
      </td>
      <td className="cut" title={from}>
        {who}
      </td>
      <td className={`cut${action.sent ? ' dim' : ' ink-degraded'}`} title={result}>
        {!action.sent && <Icon name="x" className="icon-sm" />}
        {result}
      </td>
      <td className="cut dim" title={reason}>
        {reason}
      </td>
    </tr>
  )
}
