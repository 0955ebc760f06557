import type { EpochMs } from '#lib/clock.ts'
import type { Locale } from './text.ts'

const iso = (at: EpochMs) => new Date(at).toISOString()

/** `14:21:20`, in UTC; the zone is named once per view, in the status bar. */
export const formatTime = (at: EpochMs): string => iso(at).slice(11, 19)

/** `14:21`, in UTC. */
export const formatMinute = (at: EpochMs): string => iso(at).slice(11, 16)

const dayFormat = (language: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** Made once: making one takes longer than all else a cell of the fleet does. */
const dayFormats: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  en: dayFormat('en-GB'),
  'zh-CN': dayFormat('zh-CN'),
}

/** `7 Nov`, in UTC. */
export const formatDay = (at: EpochMs, locale: Locale): string => dayFormats[locale].format(at)

/** `7 Nov 10:03:20`, in UTC. */
export const formatMoment = (at: EpochMs, locale: Locale): string => `${formatDay(at, locale)} ${formatTime(at)}`

/** True when both moments fall on the same UTC day. */
export const isSameDay = (a: EpochMs, b: EpochMs): boolean => iso(a).slice(0, 10) === iso(b).slice(0, 10)
