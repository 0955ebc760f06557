import { type ComponentType, useEffect, useState } from 'react'

interface Module<P> {
  readonly default: ComponentType<P>
}

/** A component that is loaded when it is first drawn, or before. */
export interface Later<P> {
  (props: P): React.JSX.Element | null
  /** Never rejects: what could not be loaded is asked for again when it is drawn. */
  preload(): Promise<void>
}

/**
 * As `lazy` of React, without its `Suspense`: nothing is drawn until it is there, and it is drawn at once then. After a fallback, even an empty
 * one, React waits until 300 ms are over. What cannot be loaded is thrown to the nearest error boundary.
 */
export function later<P extends object>(load: { (): Promise<Module<P>> }): Later<P> {
  let loaded: ComponentType<P> | undefined
  const get = async (): Promise<void> => {
    loaded ??= (await load()).default
  }
  function WhenLoaded(props: P) {
    const [problem, setProblem] = useState<{ readonly thrown: unknown }>()
    const [, setLoaded] = useState(loaded !== undefined)
    useEffect(() => {
      if (loaded !== undefined) return undefined
      let isGone = false
      get().then(
        () => isGone || setLoaded(true),
        (thrown: unknown) => isGone || setProblem({ thrown }),
      )
      return () => {
        isGone = true
      }
    }, [])
    if (problem !== undefined) throw problem.thrown
    const Loaded = loaded
    return Loaded === undefined ? null : <Loaded {...props} />
  }
  return Object.assign(WhenLoaded, { preload: () => get().catch(() => undefined) })
}
