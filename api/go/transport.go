package lars

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Transport is an [http.RoundTripper] for URLs lars://MODID.CMDID/PATH: it gets
// a host, sends the request there over HTTP, and reports how that went. An error
// before the answer, a failed read of its body and a status from 500 up are
// failures.
//
// A request that a host did not take is sent once more, to another pick: one
// that could not connect, and one without side effects (GET, HEAD, OPTIONS,
// TRACE, PUT, DELETE) whose connection broke; unless its body cannot be read
// again.
//
// To have a client of net/http take such URLs along with all others, register
// it: transport.RegisterProtocol("lars", &lars.Transport{Client: client}).
type Transport struct {
	// Client gets the hosts.
	Client *Client
	// Base sends the requests; nil is [http.DefaultTransport].
	Base http.RoundTripper
	// IsFailure tells which answers are failures of the host; nil: those with a
	// status from 500 up.
	IsFailure func(*http.Response) bool
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	modID, cmdID, err := parseRoute(request)
	if err != nil {
		closeBody(request)
		return nil, err
	}
	response, err := t.try(request, modID, cmdID)
	if err == nil || !mayRetry(request, err) {
		return response, err
	}
	again := request.Clone(request.Context())
	if request.GetBody != nil {
		if again.Body, err = request.GetBody(); err != nil {
			return nil, err
		}
	}
	return t.try(again, modID, cmdID)
}

// try sends a request to one host.
func (t *Transport) try(request *http.Request, modID, cmdID int32) (*http.Response, error) {
	ctx := request.Context()
	host, err := t.Client.GetHost(ctx, modID, cmdID)
	if err != nil {
		closeBody(request)
		return nil, err
	}
	call := t.Client.begin(modID, cmdID, host)
	response, err := t.base().RoundTrip(addressed(request, host))
	if err != nil {
		call.end(ctx, err)
		return nil, err
	}
	response.Request = request
	call.duration = time.Since(call.start)
	if t.isFailure(response) {
		call.end(ctx, errStatus)
	} else if _, upgraded := response.Body.(io.Writer); upgraded || response.Body == http.NoBody {
		call.end(ctx, nil)
	} else {
		response.Body = &reportingBody{ReadCloser: response.Body, ctx: ctx, call: call}
	}
	return response, nil
}

var errStatus = errors.New("lars: the answer's status is a failure")

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}

func (t *Transport) isFailure(response *http.Response) bool {
	if t.IsFailure == nil {
		return response.StatusCode >= http.StatusInternalServerError
	}
	return t.IsFailure(response)
}

// parseRoute returns the modid and cmdid of a URL lars://MODID.CMDID.
func parseRoute(request *http.Request) (modID, cmdID int32, err error) {
	mod, cmd, found := strings.Cut(request.URL.Host, ".")
	first, modErr := strconv.ParseUint(mod, 10, 31)
	second, cmdErr := strconv.ParseUint(cmd, 10, 31)
	if request.URL.Scheme != "lars" || !found || modErr != nil || cmdErr != nil {
		return 0, 0, fmt.Errorf("lars: cannot send as the URL must begin with lars://MODID.CMDID: current value is %q", request.URL.Redacted())
	}
	return int32(first), int32(second), nil
}

// addressed is the request with the URL of a host, which a RoundTripper must not
// put into the request that it is handed.
func addressed(request *http.Request, host Host) *http.Request {
	sent := request.Clone(request.Context())
	sent.URL.Scheme = "http"
	sent.URL.Host = host.String()
	if sent.Host == request.URL.Host {
		sent.Host = ""
	}
	return sent
}

func mayRetry(request *http.Request, err error) bool {
	if request.Context().Err() != nil || errors.As(err, new(*NoHostError)) {
		return false
	}
	if request.Body != nil && request.Body != http.NoBody && request.GetBody == nil {
		return false
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	switch request.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

func closeBody(request *http.Request) {
	if request.Body != nil {
		request.Body.Close()
	}
}

// reportingBody reports a call when its answer was read, or is not wanted.
type reportingBody struct {
	io.ReadCloser
	ctx  context.Context
	call *call
}

func (b *reportingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.call.end(b.ctx, nil)
	} else if err != nil {
		b.call.end(b.ctx, err)
	}
	return n, err
}

func (b *reportingBody) Close() error {
	b.call.end(b.ctx, nil)
	return b.ReadCloser.Close()
}
