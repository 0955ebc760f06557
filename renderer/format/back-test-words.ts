import type { BackTestSum, TriedReleaseView, TriedView } from '#contract/back-test-views.ts'
import type { IconName } from '../ui/icon-names.ts'
import type { StatusTone } from './status-words.ts'
import type { Text } from './text.ts'

type Would = NonNullable<TriedReleaseView['would']>

const marks: Readonly<Record<Would, { readonly icon: IconName; readonly tone: StatusTone }>> = {
  pass: { icon: 'healthy', tone: 'healthy' },
  abort: { icon: 'aborted', tone: 'aborted' },
  pause: { icon: 'paused', tone: 'paused' },
  unknown: { icon: 'unknown', tone: 'unknown' },
}

export const wouldIcon = (would: Would): IconName => marks[would].icon
export const wouldTone = (would: Would): StatusTone => marks[would].tone
export const wouldWord = (text: Text, would: Would): string => text(`backTest.would.${would}`)

/** How many releases were tried by now. */
export const triedCount = ({ releases }: TriedView): number =>
  releases.filter(({ would }) => would !== undefined).length

/** What all releases come to, the rate of aborts first; nothing before something can be told. */
export function sumLines(text: Text, sum: BackTestSum): readonly string[] {
  const { releases, aborts, abortsOfGood, abortsByError, pauses, unknown } = sum
  const percent = releases === 0 ? 0 : Math.round((100 * aborts) / releases)
  return [
    ...(releases > 0 ? [text('backTest.aborts', { aborts, count: releases, percent })] : []),
    ...(abortsOfGood > 0 ? [text('backTest.ofGood', { count: abortsOfGood })] : []),
    ...(abortsByError > 0 ? [text('backTest.byError', { count: abortsByError })] : []),
    ...(pauses > 0 ? [text('backTest.pauses', { count: pauses })] : []),
    ...(unknown > 0 ? [text('backTest.unknown', { count: unknown })] : []),
  ]
}
