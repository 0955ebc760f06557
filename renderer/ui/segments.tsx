interface Segment<T> {
  readonly value: T
  readonly label: string
  readonly count?: number | undefined
}

interface SegmentsProps<T> {
  readonly label: string
  readonly segments: readonly Segment<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly small?: boolean
}

/** A row of choices of which one holds. */
export function Segments<T extends string | number>({ label, segments, value, onChange, small }: SegmentsProps<T>) {
  return (
    <fieldset className={`segments plain-set${small ? ' small' : ''}`} aria-label={label}>
      {segments.map((segment) => (
        <button
          key={segment.value}
          type="button"
          aria-pressed={segment.value === value}
          onClick={() => onChange(segment.value)}
        >
          <span>{segment.label}</span>
          {segment.count !== undefined && <span className="count num">{segment.count}</span>}
        </button>
      ))}
    </fieldset>
  )
}
