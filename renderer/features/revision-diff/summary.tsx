import { type DiffGroup, type DiffSummaryLine, type DiffView, diffGroups } from '#contract/diff-views.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'
import { isHidden, SecretChanged, WithHidden } from './hidden.tsx'

const icons: Readonly<Record<DiffGroup, IconName>> = {
  image: 'box',
  command: 'cmd',
  environment: 'key',
  resources: 'chart',
  probes: 'shield',
  volumes: 'download',
  ports: 'net',
  containers: 'box',
  replicas: 'grid',
  strategy: 'canary',
  analysis: 'eye',
  traffic: 'route',
  security: 'lock',
  scheduling: 'hexagon',
  labels: 'flag',
  config: 'key',
  other: 'dots',
}

interface SummaryProps {
  readonly diff: DiffView
  readonly onLine: (line: number) => void
}

/** UI-DIFF-1: what changes in meaning; groups without a change are left out. */
export function Summary({ diff, onLine }: SummaryProps) {
  const text = useText()
  const shown = diffGroups.filter((group) => diff.summary.some((line) => line.group === group))
  if (shown.length === 0 && diff.lookAt.length === 0) {
    const key = diff.lines.some(({ op }) => op !== ' ') ? 'diff.sameText' : 'diff.same'
    return <p className="diff-same panel">{text(key)}</p>
  }
  return (
    <div className="summary scroll" role="group" aria-label={text('diff.part')}>
      {shown.map((group) => (
        <SummaryCard
          key={group}
          title={text(`diff.${group}`)}
          icon={icons[group]}
          lines={diff.summary.filter((line) => line.group === group)}
          onLine={onLine}
        />
      ))}
      {diff.lookAt.length > 0 && (
        <section className="panel summary-card">
          <h2>
            <Icon name="warn" className="ink-paused" />
            {text('diff.lookAt')}
            <span className="count num">{diff.lookAt.length}</span>
          </h2>
          <ul className="scroll">
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
  readonly onLine: (line: number) => void
}

const signs = { '+': '+', '-': '−', '~': '~' } as const
const classes = { '+': 'op-add', '-': 'op-remove', '~': 'op-change' } as const

function SummaryCard({ title, icon, lines, onLine }: SummaryCardProps) {
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
        {lines.map((line, at) => (
          <li key={`${at} ${line.at}`}>
            <SummaryLine line={line} onLine={onLine} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function SummaryLine({ line, onLine }: { readonly line: DiffSummaryLine; readonly onLine: (line: number) => void }) {
  const text = useText()
  const { op, path, at, before, after, line: target } = line
  const words = [at, before, after].filter(Boolean).join('\n')
  return (
    <button
      type="button"
      className="summary-line"
      title={target === undefined ? words : `${words}\n${text('diff.toLine')}`}
      onClick={() => target !== undefined && onLine(target)}
    >
      <span className={`sign ${classes[op]}`}>{signs[op]}</span>
      <span className="mono cut">
        {path} {isHidden(before) && isHidden(after) ? <SecretChanged /> : <BeforeAfter line={line} />}
      </span>
    </button>
  )
}

function BeforeAfter({ line: { before, after } }: { readonly line: DiffSummaryLine }) {
  return (
    <>
      {before !== undefined && (
        <span className="before">
          <WithHidden value={before} />
        </span>
      )}
      {before !== undefined && after !== undefined && <span className="faint"> → </span>}
      {after !== undefined && (
        <span className="after">
          <WithHidden value={after} />
        </span>
      )}
    </>
  )
}
