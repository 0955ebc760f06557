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

/**
 * Answers by all the objects they were worked out from, in their order: worked out once, and remembered for as long as each of these is
 * referred to. For what is made from several objects that are never changed.
 */
export function rememberedAnswers<Answer>(): (from: readonly object[], answer: () => Answer) => Answer {
  const root: Branch<Answer> = { next: new WeakMap(), known: undefined }
  return (from, answer) => {
    let branch = root
    for (const object of from) {
      const next = branch.next.get(object) ?? { next: new WeakMap(), known: undefined }
      branch.next.set(object, next)
      branch = next
    }
    branch.known ??= { answer: answer() }
    return branch.known.answer
  }
}

interface Branch<Answer> {
  readonly next: WeakMap<object, Branch<Answer>>
  known: { readonly answer: Answer } | undefined
}

/** At most this many characters of texts are remembered, so that a fleet of very large texts costs time and not memory. */
const textsMax = 2 ** 22

/** Answers by the text they were worked out from; when there are too many, all are forgotten. */
export function rememberedTexts<Answer>(): (text: string, answer: () => Answer) => Answer {
  const known = new Map<string, { readonly answer: Answer }>()
  let length = 0
  return (text, answer) => {
    const found = known.get(text)
    if (found !== undefined) return found.answer
    const made = { answer: answer() }
    length += text.length
    if (length > textsMax) {
      known.clear()
      length = text.length
    }
    known.set(text, made)
    return made.answer
  }
}
