package wire

import (
	"encoding/binary"
	"net/netip"
)

// CountMax is the most hosts that a request can ask for, and the most results
// that a datagram carries.
const CountMax = 64

// ReturnCode is the result of a request for a host.
type ReturnCode int32

// The results of a request for a host.
const (
	Success ReturnCode = iota
	Overload
	SystemError
	NoSuchRoute
)

// HostInfo is an address, and what an agent tells of the host there.
type HostInfo struct {
	// IP is the IPv4 address as an integer in host order.
	IP int32
	// Port is 1 to 65,535.
	Port int32
	// Overload tells that the host is overloaded; only if WithState was set.
	Overload bool
	// Drained tells that the host gets no calls.
	Drained bool
}

// NewHostInfo returns the host with an IPv4 address.
func NewHostInfo(address netip.AddrPort) HostInfo {
	ip := address.Addr().Unmap().As4()
	return HostInfo{IP: int32(binary.BigEndian.Uint32(ip[:])), Port: int32(address.Port())}
}

// AddrPort returns the address; false if there can be no such host.
func (h *HostInfo) AddrPort() (netip.AddrPort, bool) {
	if h == nil || h.IP == 0 || h.Port < 1 || h.Port > 0xffff {
		return netip.AddrPort{}, false
	}
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], uint32(h.IP))
	return netip.AddrPortFrom(netip.AddrFrom4(ip), uint16(h.Port)), true
}

// AppendTo implements [Message].
func (h *HostInfo) AppendTo(b []byte) []byte {
	b = appendInt32(b, 1, h.IP)
	b = appendInt32(b, 2, h.Port)
	b = appendBool(b, 16, h.Overload)
	return appendBool(b, 19, h.Drained)
}

func (h *HostInfo) merge(body []byte) error {
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			h.IP = f.int32()
		case 2<<3 | varint:
			h.Port = f.int32()
		case 16<<3 | varint:
			h.Overload = f.bool()
		case 19<<3 | varint:
			h.Drained = f.bool()
		}
	}
	return f.err
}

// mergeHost merges the host that was read into one that may not be there yet.
func mergeHost(f *fields, host **HostInfo) {
	if *host == nil {
		*host = &HostInfo{}
	}
	f.message(*host)
}

// CallResult tells how a call to a host went.
type CallResult struct {
	Host HostInfo
	// ReturnCode is 0 for success; anything else is failure.
	ReturnCode int32
	// DurationUS is in microseconds; 0 if it was not measured.
	DurationUS uint32
	// Unused tells that the host was picked but not called.
	Unused bool
}

// AppendTo implements [Message].
func (r *CallResult) AppendTo(b []byte) []byte {
	b = appendMessage(b, 1, &r.Host)
	b = appendInt32(b, 2, r.ReturnCode)
	b = appendUint32(b, 3, r.DurationUS)
	return appendBool(b, 4, r.Unused)
}

func (r *CallResult) merge(body []byte) error {
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | bytes:
			f.message(&r.Host)
		case 2<<3 | varint:
			r.ReturnCode = f.int32()
		case 3<<3 | varint:
			r.DurationUS = f.uint32()
		case 4<<3 | varint:
			r.Unused = f.bool()
		}
	}
	return f.err
}

func appendResults(b []byte, results []CallResult) []byte {
	for i := range results {
		b = appendMessage(b, 17, &results[i])
	}
	return b
}

func mergeResult(f *fields, results *[]CallResult) {
	var result CallResult
	f.message(&result)
	*results = append(*results, result)
}

// GetHostRequest asks for hosts of a route.
type GetHostRequest struct {
	// Seq is chosen by the client, and echoed.
	Seq          uint32
	ModID, CmdID int32
	// Count is the number of hosts wanted; 0 is one, and lacks in the answer
	// what agents of the original system do not know.
	Count uint32
	// Results of earlier calls on the route.
	Results []CallResult
}

// AppendTo implements [Message].
func (m *GetHostRequest) AppendTo(b []byte) []byte {
	b = appendUint32(b, 1, m.Seq)
	b = appendInt32(b, 2, m.ModID)
	b = appendInt32(b, 3, m.CmdID)
	b = appendUint32(b, 16, m.Count)
	return appendResults(b, m.Results)
}

// Unmarshal implements [Message].
func (m *GetHostRequest) Unmarshal(body []byte) error {
	*m = GetHostRequest{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.Seq = f.uint32()
		case 2<<3 | varint:
			m.ModID = f.int32()
		case 3<<3 | varint:
			m.CmdID = f.int32()
		case 16<<3 | varint:
			m.Count = f.uint32()
		case 17<<3 | bytes:
			mergeResult(&f, &m.Results)
		}
	}
	return f.err
}

// GetHostResponse has the hosts that an agent picked.
type GetHostResponse struct {
	Seq          uint32
	ModID, CmdID int32
	ReturnCode   ReturnCode
	// Host is nil unless ReturnCode is Success.
	Host *HostInfo
	// More are further hosts, if Count was more than 1.
	More []HostInfo
	// UseMS is the time in milliseconds for which the hosts may be used. It is
	// 0 from agents of the original system, and if Count was 0.
	UseMS uint32
}

// AppendTo implements [Message].
func (m *GetHostResponse) AppendTo(b []byte) []byte {
	b = appendUint32(b, 1, m.Seq)
	b = appendInt32(b, 2, m.ModID)
	b = appendInt32(b, 3, m.CmdID)
	b = appendInt32(b, 4, int32(m.ReturnCode))
	if m.Host != nil {
		b = appendMessage(b, 5, m.Host)
	}
	for i := range m.More {
		b = appendMessage(b, 16, &m.More[i])
	}
	return appendUint32(b, 17, m.UseMS)
}

// Unmarshal implements [Message].
func (m *GetHostResponse) Unmarshal(body []byte) error {
	*m = GetHostResponse{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.Seq = f.uint32()
		case 2<<3 | varint:
			m.ModID = f.int32()
		case 3<<3 | varint:
			m.CmdID = f.int32()
		case 4<<3 | varint:
			m.ReturnCode = ReturnCode(f.int32())
		case 5<<3 | bytes:
			mergeHost(&f, &m.Host)
		case 16<<3 | bytes:
			var host HostInfo
			f.message(&host)
			m.More = append(m.More, host)
		case 17<<3 | varint:
			m.UseMS = f.uint32()
		}
	}
	return f.err
}

// ReportRequest tells how calls went; it is not answered.
type ReportRequest struct {
	ModID, CmdID int32
	Host         *HostInfo
	ReturnCode   int32
	DurationUS   uint32
	// More are further results of the route.
	More []CallResult
}

// NewReportRequest returns the report of at least one result of a route. The
// report's own result has no Unused: a first one that has goes with the others.
func NewReportRequest(modID, cmdID int32, results []CallResult) *ReportRequest {
	report := &ReportRequest{ModID: modID, CmdID: cmdID, More: results}
	if first := &results[0]; !first.Unused {
		report.Host, report.ReturnCode, report.DurationUS = &first.Host, first.ReturnCode, first.DurationUS
		report.More = results[1:]
	}
	return report
}

// AppendTo implements [Message].
func (m *ReportRequest) AppendTo(b []byte) []byte {
	b = appendInt32(b, 1, m.ModID)
	b = appendInt32(b, 2, m.CmdID)
	if m.Host != nil {
		b = appendMessage(b, 3, m.Host)
	}
	b = appendInt32(b, 4, m.ReturnCode)
	b = appendUint32(b, 16, m.DurationUS)
	return appendResults(b, m.More)
}

// Unmarshal implements [Message].
func (m *ReportRequest) Unmarshal(body []byte) error {
	*m = ReportRequest{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.ModID = f.int32()
		case 2<<3 | varint:
			m.CmdID = f.int32()
		case 3<<3 | bytes:
			mergeHost(&f, &m.Host)
		case 4<<3 | varint:
			m.ReturnCode = f.int32()
		case 16<<3 | varint:
			m.DurationUS = f.uint32()
		case 17<<3 | bytes:
			mergeResult(&f, &m.More)
		}
	}
	return f.err
}

// GetRouteRequest asks for all hosts of a route.
type GetRouteRequest struct {
	ModID, CmdID int32
	// WithState asks to mark overloaded hosts.
	WithState bool
}

// AppendTo implements [Message].
func (m *GetRouteRequest) AppendTo(b []byte) []byte {
	b = appendInt32(b, 1, m.ModID)
	b = appendInt32(b, 2, m.CmdID)
	return appendBool(b, 16, m.WithState)
}

// Unmarshal implements [Message].
func (m *GetRouteRequest) Unmarshal(body []byte) error {
	*m = GetRouteRequest{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.ModID = f.int32()
		case 2<<3 | varint:
			m.CmdID = f.int32()
		case 16<<3 | varint:
			m.WithState = f.bool()
		}
	}
	return f.err
}

// GetRouteResponse has all hosts of a route; none if there is no such route.
type GetRouteResponse struct {
	ModID, CmdID int32
	Hosts        []HostInfo
}

// AppendTo implements [Message].
func (m *GetRouteResponse) AppendTo(b []byte) []byte {
	b = appendInt32(b, 1, m.ModID)
	b = appendInt32(b, 2, m.CmdID)
	for i := range m.Hosts {
		b = appendMessage(b, 3, &m.Hosts[i])
	}
	return b
}

// Unmarshal implements [Message].
func (m *GetRouteResponse) Unmarshal(body []byte) error {
	*m = GetRouteResponse{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.ModID = f.int32()
		case 2<<3 | varint:
			m.CmdID = f.int32()
		case 3<<3 | bytes:
			var host HostInfo
			f.message(&host)
			m.Hosts = append(m.Hosts, host)
		}
	}
	return f.err
}
