package wire

import "encoding/binary"

// The messages of a program that serves, and the agent's answers, each with the
// next id.
const (
	RegisterRequestID    MessageID = 20
	RegisterResponseID   MessageID = 21
	BeatRequestID        MessageID = 22
	BeatResponseID       MessageID = 23
	DeregisterRequestID  MessageID = 24
	DeregisterResponseID MessageID = 25
)

// InstanceState is how an agent has an instance.
type InstanceState uint32

// The states of an instance.
const (
	Unknown InstanceState = iota
	Pending
	Served
	Refused
	NotReady
	Drained
)

// The checks of an agent.
const (
	CheckNone uint32 = iota
	CheckTCP
	CheckHTTP
	CheckPID
	CheckHTTPS
)

// RouteKey names a route.
type RouteKey struct {
	ModID, CmdID int32
}

// AppendTo implements [Message].
func (k *RouteKey) AppendTo(b []byte) []byte {
	return appendInt32(appendInt32(b, 1, k.ModID), 2, k.CmdID)
}

func (k *RouteKey) merge(body []byte) error {
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			k.ModID = f.int32()
		case 2<<3 | varint:
			k.CmdID = f.int32()
		}
	}
	return f.err
}

// appendBytes appends a field with bytes or text, unless there are none.
func appendBytes[Text string | []byte](b []byte, number int, value Text) []byte {
	if len(value) == 0 {
		return b
	}
	b = binary.AppendUvarint(b, uint64(number)<<3|bytes)
	b = binary.AppendUvarint(b, uint64(len(value)))
	return append(b, value...)
}

// RegisterRequest says that a program serves routes at a port.
type RegisterRequest struct {
	Seq uint32
	// Instance names the registration: 16 random bytes.
	Instance []byte
	Routes   []RouteKey
	Port     int32
	// IP is 0 for the machine's own address.
	IP       int32
	Weight   uint32
	Zone     string
	TTLMS    uint32
	Check    uint32
	Path     string
	PID      uint32
	DrainMS  uint32
	Version  string
	Tags     []string
	NotReady bool
}

// AppendTo implements [Message].
func (m *RegisterRequest) AppendTo(b []byte) []byte {
	b = appendUint32(b, 1, m.Seq)
	b = appendBytes(b, 2, m.Instance)
	for i := range m.Routes {
		b = appendMessage(b, 3, &m.Routes[i])
	}
	b = appendInt32(b, 4, m.Port)
	b = appendInt32(b, 5, m.IP)
	b = appendUint32(b, 6, m.Weight)
	b = appendBytes(b, 7, m.Zone)
	b = appendUint32(b, 8, m.TTLMS)
	b = appendUint32(b, 9, m.Check)
	b = appendBytes(b, 10, m.Path)
	b = appendUint32(b, 11, m.PID)
	b = appendUint32(b, 12, m.DrainMS)
	b = appendBytes(b, 13, m.Version)
	for _, tag := range m.Tags {
		b = appendBytes(b, 14, tag)
	}
	return appendBool(b, 15, m.NotReady)
}

// Unmarshal implements [Message].
func (m *RegisterRequest) Unmarshal(body []byte) error {
	*m = RegisterRequest{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.Seq = f.uint32()
		case 2<<3 | bytes:
			m.Instance = f.body
		case 3<<3 | bytes:
			var key RouteKey
			f.message(&key)
			m.Routes = append(m.Routes, key)
		case 4<<3 | varint:
			m.Port = f.int32()
		case 5<<3 | varint:
			m.IP = f.int32()
		case 6<<3 | varint:
			m.Weight = f.uint32()
		case 7<<3 | bytes:
			m.Zone = string(f.body)
		case 8<<3 | varint:
			m.TTLMS = f.uint32()
		case 9<<3 | varint:
			m.Check = f.uint32()
		case 10<<3 | bytes:
			m.Path = string(f.body)
		case 11<<3 | varint:
			m.PID = f.uint32()
		case 12<<3 | varint:
			m.DrainMS = f.uint32()
		case 13<<3 | bytes:
			m.Version = string(f.body)
		case 14<<3 | bytes:
			m.Tags = append(m.Tags, string(f.body))
		case 15<<3 | varint:
			m.NotReady = f.bool()
		}
	}
	return f.err
}

// InstanceStatus answers a RegisterRequest and a beat.
type InstanceStatus struct {
	Seq         uint32
	Instance    []byte
	State       InstanceState
	Reason      string
	HeartbeatMS uint32
}

// AppendTo implements [Message].
func (m *InstanceStatus) AppendTo(b []byte) []byte {
	b = appendUint32(b, 1, m.Seq)
	b = appendBytes(b, 2, m.Instance)
	b = appendUint32(b, 3, uint32(m.State))
	b = appendBytes(b, 4, m.Reason)
	return appendUint32(b, 5, m.HeartbeatMS)
}

// Unmarshal implements [Message].
func (m *InstanceStatus) Unmarshal(body []byte) error {
	*m = InstanceStatus{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.Seq = f.uint32()
		case 2<<3 | bytes:
			m.Instance = f.body
		case 3<<3 | varint:
			m.State = InstanceState(f.uint32())
		case 4<<3 | bytes:
			m.Reason = string(f.body)
		case 5<<3 | varint:
			m.HeartbeatMS = f.uint32()
		}
	}
	return f.err
}

// InstanceRequest is a beat, whose Number is 1 for an instance that is not ready,
// or the request to deregister, whose Number is the time to drain in milliseconds.
type InstanceRequest struct {
	Seq      uint32
	Instance []byte
	Number   uint32
}

// AppendTo implements [Message].
func (m *InstanceRequest) AppendTo(b []byte) []byte {
	b = appendUint32(b, 1, m.Seq)
	b = appendBytes(b, 2, m.Instance)
	return appendUint32(b, 3, m.Number)
}

// Unmarshal implements [Message].
func (m *InstanceRequest) Unmarshal(body []byte) error {
	*m = InstanceRequest{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.Seq = f.uint32()
		case 2<<3 | bytes:
			m.Instance = f.body
		case 3<<3 | varint:
			m.Number = f.uint32()
		}
	}
	return f.err
}

// Deregistered answers the request to deregister.
type Deregistered struct {
	Seq      uint32
	Instance []byte
	// Done tells that the instance gets no calls any more.
	Done     bool
	InFlight uint32
}

// AppendTo implements [Message].
func (m *Deregistered) AppendTo(b []byte) []byte {
	b = appendUint32(b, 1, m.Seq)
	b = appendBytes(b, 2, m.Instance)
	b = appendBool(b, 3, m.Done)
	return appendUint32(b, 4, m.InFlight)
}

// Unmarshal implements [Message].
func (m *Deregistered) Unmarshal(body []byte) error {
	*m = Deregistered{}
	f := fields{rest: body}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			m.Seq = f.uint32()
		case 2<<3 | bytes:
			m.Instance = f.body
		case 3<<3 | varint:
			m.Done = f.bool()
		case 4<<3 | varint:
			m.InFlight = f.uint32()
		}
	}
	return f.err
}
