/**
 * The same function, which works out each answer once per object. For pure functions of objects that are never changed, such as those
 * in the caches: nobody can tell the difference but by the time it takes. What is no longer referred to elsewhere is forgotten.
 */
export function remembered<Of, Answer>(answer: (of: Of) => Answer): (of: Of) => Answer {
  const known = new WeakMap<object, { readonly answer: Answer }>()
  return (of) => {
    if (typeof of !== 'object' || of === null) return answer(of)
    const found = known.get(of) ?? { answer: answer(of) }
    known.set(of, found)
    return found.answer
  }
}

/** The same for a function of two: remembered for as long as both are referred to. */
export function rememberedPair<Left, Right, Answer>(
  answer: (left: Left, right: Right) => Answer,
): (left: Left, right: Right) => Answer {
  const answersFor = remembered((left: Left) => remembered((right: Right) => answer(left, right)))
  return (left, right) => answersFor(left)(right)
}
