// Package wire has what a client and an agent of Lars say to each other, as
// bytes: frames, and the proto3 messages in them.
package wire

import (
	"encoding/binary"
	"errors"
)

// HeaderBytes is the length of a frame's header: the id of the message and the
// length of the body, each a little-endian int32.
const HeaderBytes = 8

// DatagramBytesMax is the length of the longest datagram.
const DatagramBytesMax = 65_507

// MessageID tells which message a frame has.
type MessageID int32

// The messages between a client and an agent.
const (
	GetHostRequestID   MessageID = 4
	GetHostResponseID  MessageID = 5
	ReportRequestID    MessageID = 6
	GetRouteRequestID  MessageID = 7
	GetRouteResponseID MessageID = 8
)

// ErrMalformed tells that bytes are not a frame, or not a message.
var ErrMalformed = errors.New("wire: malformed message")

// Message is the body of a frame.
type Message interface {
	// AppendTo appends the encoded message to b.
	AppendTo(b []byte) []byte
	// Unmarshal replaces the message by the one that body encodes. Fields
	// that are missing become zero, unknown ones are skipped.
	Unmarshal(body []byte) error
}

// Encode returns the frame of a message. Over UDP a datagram is one frame.
func Encode(id MessageID, message Message) []byte {
	frame := message.AppendTo(make([]byte, HeaderBytes, 64))
	binary.LittleEndian.PutUint32(frame, uint32(id))
	binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)-HeaderBytes))
	return frame
}

// Decode takes a datagram apart. The body is a part of it.
func Decode(datagram []byte) (id MessageID, body []byte, err error) {
	if len(datagram) < HeaderBytes {
		return 0, nil, ErrMalformed
	}
	body = datagram[HeaderBytes:]
	if binary.LittleEndian.Uint32(datagram[4:]) != uint32(len(body)) {
		return 0, nil, ErrMalformed
	}
	return MessageID(binary.LittleEndian.Uint32(datagram)), body, nil
}
