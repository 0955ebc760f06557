import type { ReactNode } from 'react'
import type { BundleContents } from '#contract/bundle-views.ts'
import { formatBytes } from '../../format/bytes.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { useLocale, useText } from '../../store/use-app.ts'

const namesMax = 5

/** What is in a bundle, or would be (UI-HIST-6). */
export function Contents({ contents, children }: { readonly contents: BundleContents; readonly children?: ReactNode }) {
  const text = useText()
  const locale = useLocale()
  const { contexts, from, until, bytes, rollouts, versions, entries, plans } = contents
  const holds = [
    text('bundle.holdsRollouts', { count: rollouts }),
    text('bundle.holdsVersions', { count: versions }),
    text('bundle.holdsEntries', { count: entries }),
    ...(plans > 0 ? [text('bundle.holdsPlans', { count: plans })] : []),
  ]
  const names = contexts.slice(0, namesMax).join(', ')
  const more = contexts.length - namesMax
  return (
    <dl className="bundle-facts">
      <Fact name={text('bundle.size')}>{formatBytes(bytes)}</Fact>
      <Fact name={text('bundle.contents')}>{holds.join(', ')}</Fact>
      <Fact name={text('bundle.time')}>
        {formatMoment(from, locale)} – {formatMoment(until, locale)} UTC
      </Fact>
      <Fact name={text('bundle.contexts')}>
        {more > 0 ? text('bundle.contextsMore', { names, count: more }) : names}
      </Fact>
      {children}
    </dl>
  )
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="faint">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
