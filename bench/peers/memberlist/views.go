// What the members of this process list, and who waits for it: each event costs a step of constant
// length, as in bench/peers/views.ts.
package main

import (
	"strconv"
	"sync"
)

type waitKind int

const (
	waitListed waitKind = iota
	waitUpdated
	waitGone
)

// wait is a condition on what all members of this process know, and what to do once it is met.
type wait struct {
	kind    waitKind
	size    int
	subject int
	seen    map[int]bool
	met     func()
}

type views struct {
	mu    sync.Mutex
	lists map[int]map[int]bool
	// How many members list so many.
	bySize map[int]int
	// How many others list it.
	bySubject map[int]int
	goneCount map[int]int
	waits     []*wait
}

func newViews() *views {
	return &views{
		lists:     map[int]map[int]bool{},
		bySize:    map[int]int{},
		bySubject: map[int]int{},
		goneCount: map[int]int{},
	}
}

func (v *views) add(index int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lists[index] = map[int]bool{}
	v.bySize[0]++
	v.list(index, index)
}

func (v *views) listed(observer, subject int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list(observer, subject)
	v.check()
}

func (v *views) list(observer, subject int) {
	list := v.lists[observer]
	if list[subject] {
		return
	}
	v.bySize[len(list)]--
	list[subject] = true
	v.bySize[len(list)]++
	if observer != subject {
		v.bySubject[subject]++
	}
}

func (v *views) gone(observer, subject int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := v.lists[observer]
	if !list[subject] || observer == subject {
		return
	}
	v.bySize[len(list)]--
	delete(list, subject)
	v.bySize[len(list)]++
	v.bySubject[subject]--
	v.goneCount[subject]++
	v.check()
}

func (v *views) updated(observer, subject int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, w := range v.waits {
		if w.kind == waitUpdated && w.subject == subject && observer != subject {
			w.seen[observer] = true
		}
	}
	v.check()
}

func (v *views) await(w wait) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w.seen = map[int]bool{}
	v.waits = append(v.waits, &w)
	v.check()
}

func (v *views) check() {
	if len(v.waits) == 0 {
		return
	}
	var left []*wait
	for _, w := range v.waits {
		if v.isMet(w) {
			w.met()
		} else {
			left = append(left, w)
		}
	}
	v.waits = left
}

func (v *views) isMet(w *wait) bool {
	switch w.kind {
	case waitListed:
		return len(v.lists) > 0 && v.bySize[w.size] == len(v.lists)
	case waitUpdated:
		others := len(v.lists)
		if _, isOurs := v.lists[w.subject]; isOurs {
			others--
		}
		return len(w.seen) >= others
	default:
		return v.bySubject[w.subject] == 0
	}
}

func (v *views) gones() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	gones := map[string]int{}
	for subject, count := range v.goneCount {
		gones[strconv.Itoa(subject)] = count
	}
	return gones
}
