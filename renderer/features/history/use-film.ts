import type { RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Film, openFilm } from '../../store/film.ts'
import { type Loaded, useAnswer, useApp } from '../../store/use-app.ts'

/** A Rollout through a stretch of time; `failed` with `NotFound` where nothing of it was recorded. */
export function useFilm(key: RolloutKey, from: EpochMs, until: EpochMs): Loaded<Film> {
  const { bridge } = useApp()
  return useAnswer<Film>(`film ${key} ${from} ${until}`, async () => {
    const outcome = await bridge.call('history.film', { key, from, until })
    return outcome.ok ? { state: 'there', value: openFilm(outcome.value) } : { state: 'failed', failure: outcome.error }
  })
}
