package lars

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// serve is the address of an HTTP server that handles with a function.
func serve(t *testing.T, handle http.HandlerFunc) netip.AddrPort {
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return netip.MustParseAddrPort(server.Listener.Addr().String())
}

// refusing is an address where nothing listens.
func refusing(t *testing.T) netip.AddrPort {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return netip.MustParseAddrPort(listener.Addr().String())
}

func newHTTPClient(client *Client) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.RegisterProtocol("lars", &Transport{Client: client})
	return &http.Client{Transport: transport}
}

func expectCounts(t *testing.T, agent *fakeAgent, wantSucceeded, wantFailed int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d succeeded, %d failed", wantSucceeded, wantFailed), func() bool {
		succeeded, failed, _ := agent.counts()
		return succeeded == wantSucceeded && failed == wantFailed
	})
}

func TestTransportCallsAHost(t *testing.T) {
	host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s at %s", r.Method, r.URL, r.Host)
	})
	agent := newFakeAgent(t, host)
	response, err := newHTTPClient(open(t, agent)).Get("lars://1.1/items?id=7")
	if err != nil {
		t.Fatal(err)
	}
	if succeeded, _, _ := agent.counts(); succeeded != 0 {
		t.Error("reported before the answer was read")
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if want := "GET /items?id=7 at " + host.String(); err != nil || string(body) != want {
		t.Errorf("%q, %v, want %q", body, err, want)
	}
	if got := response.Request.URL.String(); got != "lars://1.1/items?id=7" {
		t.Errorf("the answer's request is of %q", got)
	}
	expectCounts(t, agent, 1, 0)
}

func TestTransportSendsToAnotherHostWhenOneRefuses(t *testing.T) {
	var bodies []string
	host := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
	})
	agent := newFakeAgent(t, host, refusing(t))
	client := newHTTPClient(open(t, agent))
	for i := 0; i < 4; i++ {
		// Nothing has reached the host that refuses, so also a POST may be sent
		// again.
		response, err := client.Post("lars://1.1/", "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	if got := strings.Join(bodies, " "); got != "body body body body" {
		t.Errorf("bodies %q", got)
	}
	expectCounts(t, agent, 4, 4)
}

// broken is an http.RoundTripper whose connections break.
type broken struct{ sent int }

func (b *broken) RoundTrip(*http.Request) (*http.Response, error) {
	b.sent++
	return nil, io.ErrUnexpectedEOF
}

func TestTransportSendsAgainWhatHasNoSideEffects(t *testing.T) {
	agent := newFakeAgent(t, hostA)
	client := open(t, agent)
	for method, want := range map[string]int{"GET": 2, "HEAD": 2, "PUT": 2, "DELETE": 2, "POST": 1, "PATCH": 1} {
		base := &broken{}
		request, err := http.NewRequest(method, "lars://1.1/", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = (&Transport{Client: client, Base: base}).RoundTrip(request)
		if !errors.Is(err, io.ErrUnexpectedEOF) || base.sent != want {
			t.Errorf("%s: sent %d times, %v, want %d", method, base.sent, err, want)
		}
		if request.URL.String() != "lars://1.1/" {
			t.Errorf("the request became one of %s", request.URL)
		}
	}
	expectCounts(t, agent, 0, 10)
	base := &broken{}
	once, _ := http.NewRequest("PUT", "lars://1.1/", io.MultiReader(strings.NewReader("body")))
	(&Transport{Client: client, Base: base}).RoundTrip(once)
	if base.sent != 1 {
		t.Error("a body that can be read once was sent twice")
	}
}

func TestTransportReportsFailures(t *testing.T) {
	host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/500":
			w.WriteHeader(500)
		case "/404":
			w.WriteHeader(404)
		case "/torn":
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "torn")
		}
	})
	for path, want := range map[string][2]int{"/500": {0, 1}, "/404": {1, 0}, "/torn": {0, 1}, "/204": {1, 0}} {
		agent := newFakeAgent(t, host)
		response, err := newHTTPClient(open(t, agent)).Get("lars://1.1" + path)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		expectCounts(t, agent, want[0], want[1])
	}
}

func TestTransportReportsAnAnswerWithoutABodyAtOnce(t *testing.T) {
	host := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	agent := newFakeAgent(t, host)
	if _, err := newHTTPClient(open(t, agent)).Get("lars://1.1/"); err != nil {
		t.Fatal(err)
	}
	expectCounts(t, agent, 1, 0)
}

func TestTransportPassesOnWhyThereIsNoHost(t *testing.T) {
	client := newHTTPClient(open(t, newFakeAgent(t, hostA)))
	if _, err := client.Get("lars://7.7/"); !errors.Is(err, ErrNoRoute) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	request, _ := http.NewRequestWithContext(ctx, "GET", "lars://1.1/", nil)
	if _, err := client.Do(request); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for _, url := range []string{"lars://1/", "lars://1.x/", "lars://1.-1/", "lars://1.2147483648/"} {
		if _, err := client.Get(url); err == nil || !strings.Contains(err.Error(), "lars://MODID.CMDID") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
