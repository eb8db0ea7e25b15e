// A host of the comparison: members of hashicorp's memberlist in one process, which reads what to do
// and answers in JSON lines (bench/peers/messages.ts tells them). The defaults for a LAN, but for the
// address; with an interval given, members are probed at that, and have half of it to answer.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"
)

const updateTimeout = 10 * time.Second
const leaveTimeout = 10 * time.Second

// request is one line of input.
type request struct {
	ID     int    `json:"id"`
	Type   string `json:"type"`
	First  int    `json:"first"`
	Count  int    `json:"count"`
	Port   int    `json:"port"`
	Seed   *int   `json:"seed"`
	Size   int    `json:"size"`
	Member int    `json:"member"`
}

// answer is one line of output.
type answer struct {
	ID    int            `json:"id"`
	Gones map[string]int `json:"gones,omitempty"`
}

// member is one member of the list, with the public data that it may change.
type member struct {
	list *memberlist.Memberlist
	mu   sync.Mutex
	meta []byte
}

func (m *member) NodeMeta(limit int) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.meta
}

func (m *member) setMeta(meta string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.meta = []byte(meta)
}

func (m *member) NotifyMsg([]byte)                           {}
func (m *member) GetBroadcasts(overhead, limit int) [][]byte { return nil }
func (m *member) LocalState(join bool) []byte                { return nil }
func (m *member) MergeRemoteState(buf []byte, join bool)     {}

// observer tells the views what one member notices.
type observer struct {
	index int
	views *views
}

func (o observer) NotifyJoin(node *memberlist.Node)   { o.views.listed(o.index, indexOf(node)) }
func (o observer) NotifyLeave(node *memberlist.Node)  { o.views.gone(o.index, indexOf(node)) }
func (o observer) NotifyUpdate(node *memberlist.Node) { o.views.updated(o.index, indexOf(node)) }

func nameOf(index int) string { return "m" + strconv.Itoa(index) }

func indexOf(node *memberlist.Node) int {
	index, err := strconv.Atoi(node.Name[1:])
	if err != nil {
		panic(err)
	}
	return index
}

type host struct {
	interval time.Duration
	views    *views
	mu       sync.Mutex
	members  map[int]*member
	updates  int
	out      *json.Encoder
	outMu    sync.Mutex
}

func (h *host) config(index, port int) *memberlist.Config {
	config := memberlist.DefaultLANConfig()
	config.Name = nameOf(index)
	config.BindAddr = "127.0.0.1"
	config.BindPort = port
	config.AdvertisePort = port
	config.LogOutput = io.Discard
	config.Events = observer{index, h.views}
	if h.interval > 0 {
		config.ProbeInterval = h.interval
		config.ProbeTimeout = h.interval / 2
	}
	return config
}

// start creates members one after another, and lets them join through the seed at the same time.
func (h *host) start(r request) error {
	var joining sync.WaitGroup
	failures := make(chan error, r.Count)
	for index := r.First; index < r.First+r.Count; index++ {
		m := &member{}
		config := h.config(index, r.Port+index)
		config.Delegate = m
		h.views.add(index)
		list, err := memberlist.Create(config)
		if err != nil {
			return err
		}
		m.list = list
		h.mu.Lock()
		h.members[index] = m
		h.mu.Unlock()
		if r.Seed == nil || *r.Seed == index {
			continue
		}
		joining.Add(1)
		go func() {
			defer joining.Done()
			if err := join(list, fmt.Sprintf("127.0.0.1:%d", r.Port+*r.Seed)); err != nil {
				failures <- err
			}
		}()
	}
	joining.Wait()
	close(failures)
	return <-failures
}

// join tries again, as an application would: a seed that is asked by all at once may refuse some.
func join(list *memberlist.Memberlist, seed string) error {
	var err error
	for try := 0; try < 5; try++ {
		if _, err = list.Join([]string{seed}); err == nil {
			return nil
		}
	}
	return err
}

func (h *host) member(index int) *member {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.members[index]
}

func (h *host) update(index int) error {
	h.mu.Lock()
	h.updates++
	value := fmt.Sprintf("updated-%d", h.updates)
	h.mu.Unlock()
	m := h.member(index)
	m.setMeta(value)
	return m.list.UpdateNode(updateTimeout)
}

func (h *host) leave(index int) error {
	m := h.member(index)
	if err := m.list.Leave(leaveTimeout); err != nil {
		return err
	}
	return m.list.Shutdown()
}

func (h *host) answer(a answer) {
	h.outMu.Lock()
	defer h.outMu.Unlock()
	h.out.Encode(a)
}

// handle answers once the request is done; what waits for others does not hold up what comes after.
func (h *host) handle(r request) {
	finish := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		h.answer(answer{ID: r.ID})
	}
	switch r.Type {
	case "start":
		go func() { finish(h.start(r)) }()
	case "update":
		go func() { finish(h.update(r.Member)) }()
	case "leave":
		go func() { finish(h.leave(r.Member)) }()
	case "await-listed":
		h.views.await(wait{kind: waitListed, size: r.Size, met: func() { finish(nil) }})
	case "await-updated":
		h.views.await(wait{kind: waitUpdated, subject: r.Member, met: func() { finish(nil) }})
	case "await-gone":
		h.views.await(wait{kind: waitGone, subject: r.Member, met: func() { finish(nil) }})
	case "gones":
		h.answer(answer{ID: r.ID, Gones: h.views.gones()})
	default:
		finish(fmt.Errorf("unknown request %q", r.Type))
	}
}

func main() {
	intervalMs := 0
	if len(os.Args) > 1 {
		parsed, err := strconv.Atoi(os.Args[1])
		if err != nil {
			fmt.Fprintln(os.Stderr, "usage: memberlist [interval in milliseconds]")
			os.Exit(2)
		}
		intervalMs = parsed
	}
	h := &host{
		interval: time.Duration(intervalMs) * time.Millisecond,
		views:    newViews(),
		members:  map[int]*member{},
		out:      json.NewEncoder(os.Stdout),
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		h.handle(r)
	}
}
