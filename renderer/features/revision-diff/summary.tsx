import type { DiffSummaryLine, DiffView } from '#contract/views.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'

const groups: readonly { readonly group: DiffSummaryLine['group']; readonly icon: IconName }[] = [
  { group: 'image', icon: 'box' },
  { group: 'environment', icon: 'key' },
  { group: 'resources', icon: 'chart' },
  { group: 'probes', icon: 'shield' },
  { group: 'other', icon: 'dots' },
]

/** UI-DIFF-1: what changes in meaning; groups without a change are left out. */
export function Summary({ diff }: { readonly diff: DiffView }) {
  const text = useText()
  const shown = groups.filter(({ group }) => diff.summary.some((line) => line.group === group))
  if (shown.length === 0 && diff.lookAt.length === 0) return <p className="diff-same panel">{text('diff.same')}</p>
  return (
    <div className="summary">
      {shown.map(({ group, icon }) => (
        <SummaryCard
          key={group}
          title={text(`diff.${group}`)}
          icon={icon}
          lines={diff.summary.filter((line) => line.group === group)}
        />
      ))}
      {diff.lookAt.length > 0 && (
        <section className="panel summary-card">
          <h2>
            <Icon name="warn" className="ink-paused" />
            {text('diff.lookAt')}
            <span className="count num">{diff.lookAt.length}</span>
          </h2>
          <ul>
            {diff.lookAt.map((check) => (
              <li key={check} title={check}>
                <span className="sign">!</span>
                <span className="cut">{check}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

interface SummaryCardProps {
  readonly title: string
  readonly icon: IconName
  readonly lines: readonly DiffSummaryLine[]
}

const signs = { '+': '+', '-': '−', '~': '~' } as const

function SummaryCard({ title, icon, lines }: SummaryCardProps) {
  const tally = (['+', '-', '~'] as const)
    .map((op) => ({ op, count: lines.filter((line) => line.op === op).length }))
    .filter(({ count }) => count > 0)
    .map(({ op, count }) => `${signs[op]}${count}`)
  return (
    <section className="panel summary-card">
      <h2>
        <Icon name={icon} className="faint" />
        {title}
        <span className="count num">{tally.join(' ')}</span>
      </h2>
      <ul className="scroll">
        {lines.map((line) => (
          <li key={`${line.op} ${line.path}`} title={[line.path, line.before, line.after].filter(Boolean).join(' ')}>
            <span className={`sign op-${line.op === '+' ? 'add' : line.op === '-' ? 'remove' : 'change'}`}>
              {signs[line.op]}
            </span>
            <span className="mono cut">
              {line.path} {line.before !== undefined && <span className="before">{line.before}</span>}
              {line.before !== undefined && line.after !== undefined && <span className="faint"> → </span>}
              {line.after !== undefined && <span className="after">{line.after}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
