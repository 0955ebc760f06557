import type { PodView, RoleTag } from '#contract/views.ts'
import { useText } from '../store/use-app.ts'
import { Icon } from '../ui/icon.tsx'

/** More than this are counted in words: a wall of squares tells no more than a number. */
const limit = 60

interface PodMarksProps {
  readonly pods: readonly PodView[]
  readonly role: RoleTag
}

/** One mark per pod: square ready, outline starting, cross failing, dotted stopping. */
export function PodMarks({ pods, role }: PodMarksProps) {
  const text = useText()
  return (
    <span className="pods">
      {pods.slice(0, limit).map((pod) => (
        <span
          key={pod.name}
          className={`pod ${pod.state}${pod.state === 'ready' ? ` fill-${role}` : ''}`}
          role="img"
          aria-label={text('pod.name', { name: pod.name, reason: pod.reason })}
          title={text('pod.facts', {
            name: pod.name,
            reason: pod.reason,
            restarts: pod.restarts,
            node: pod.node ?? '–',
          })}
        >
          {pod.state === 'failing' && <Icon name="x" />}
        </span>
      ))}
      {pods.length > limit && <span className="faint small">{text('pod.more', { count: pods.length - limit })}</span>}
    </span>
  )
}
