/** Pixels that a mouse moves before it lifts; a finger that moves so far before it lifts scrolls. */
const SLACK = 5
/** Milliseconds that a finger rests before it lifts. */
const HOLD = 320
/** Pixels from the window's edge within which the page scrolls along. */
const EDGE = 56

export interface DragEvents {
  readonly onLift: () => void
  /** The day under the pointer; undefined: none. */
  readonly onOver: (day: string | undefined) => void
  /** Put down; undefined: given up. */
  readonly onDrop: (day: string | undefined) => void
}

/** Follows a mouse or finger from its first touch until it lets go. A picture of the element goes along. */
export function followPointer(start: PointerEvent, element: HTMLElement, events: DragEvents): void {
  let picture: HTMLElement | undefined
  let over: string | undefined
  let [x, y] = [start.clientX, start.clientY]
  let scroll: number | undefined
  const box = element.getBoundingClientRect()
  const isTouch = start.pointerType === 'touch'
  const hold = isTouch ? setTimeout(lift, HOLD) : undefined
  const stop = new AbortController()
  const { signal } = stop
  addEventListener('pointermove', move, { signal })
  addEventListener('pointerup', () => end(over), { signal })
  addEventListener('pointercancel', () => end(undefined), { signal })
  addEventListener('contextmenu', event => isTouch && event.preventDefault(), { signal })
  addEventListener('keydown', giveUp, { signal, capture: true })
  // Once it is lifted, the finger moves it and not the page.
  addEventListener('touchmove', event => picture && event.preventDefault(), { signal, passive: false })

  function lift() {
    picture = element.cloneNode(true) as HTMLElement
    picture.removeAttribute('data-entry')
    picture.setAttribute('aria-hidden', 'true')
    picture.dataset.lifted = ''
    picture.tabIndex = -1
    picture.classList.remove('relative')
    picture.classList.add(...'pointer-events-none fixed top-0 left-0 z-50 shadow-above'.split(' '))
    picture.style.width = `${box.width}px`
    document.body.append(picture)
    place()
    scroll = requestAnimationFrame(scrollAlong)
    events.onLift()
  }
  function place() {
    if (!picture) return
    picture.style.transform = `translate(${box.left + x - start.clientX}px, ${box.top + y - start.clientY}px)`
    const day = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-day]')?.dataset.day
    if (day !== over) events.onOver(day)
    over = day
  }
  function move(event: PointerEvent) {
    if (event.pointerId !== start.pointerId) return
    ;[x, y] = [event.clientX, event.clientY]
    const isFar = Math.hypot(x - start.clientX, y - start.clientY) > SLACK
    if (!picture && isFar) {
      if (isTouch) return end(undefined)
      lift()
    }
    place()
  }
  function scrollAlong() {
    const step = y < EDGE ? y - EDGE : y > innerHeight - EDGE ? y - innerHeight + EDGE : 0
    if (step !== 0) {
      scrollBy(0, step / 4)
      place()
    }
    scroll = requestAnimationFrame(scrollAlong)
  }
  function giveUp(event: KeyboardEvent) {
    if (event.key !== 'Escape' || !picture) return
    event.stopPropagation()
    end(undefined)
  }
  function end(day: string | undefined) {
    clearTimeout(hold)
    stop.abort()
    if (scroll !== undefined) cancelAnimationFrame(scroll)
    if (!picture) return
    picture.remove()
    swallowClick()
    events.onDrop(day)
  }
}

/** The click that ends a drag opens nothing. */
function swallowClick() {
  const swallow = (event: Event) => {
    event.stopPropagation()
    event.preventDefault()
  }
  addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0)
}
