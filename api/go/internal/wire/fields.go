package wire

import "encoding/binary"

// Wire types of protobuf: how a field's value is encoded. The tag of a field is
// its number << 3 | its wire type.
const (
	varint     = 0
	fixed64    = 1
	bytes      = 2
	groupStart = 3
	groupEnd   = 4
	fixed32    = 5
)

// appendUint32 appends a field, unless it is 0.
func appendUint32(b []byte, number int, value uint32) []byte {
	return appendVarint(b, number, uint64(value))
}

// appendInt32 appends a field, unless it is 0. A negative one is sign-extended
// to 64 bits, as proto3 has it.
func appendInt32(b []byte, number int, value int32) []byte {
	return appendVarint(b, number, uint64(int64(value)))
}

// appendBool appends a field, unless it is false.
func appendBool(b []byte, number int, value bool) []byte {
	if !value {
		return b
	}
	return appendVarint(b, number, 1)
}

func appendVarint(b []byte, number int, value uint64) []byte {
	if value == 0 {
		return b
	}
	b = binary.AppendUvarint(b, uint64(number)<<3|varint)
	return binary.AppendUvarint(b, value)
}

// appendMessage appends a nested message, also an empty one.
func appendMessage(b []byte, number int, message interface{ AppendTo([]byte) []byte }) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3|bytes)
	start := len(b)
	// Room for the length of a message below 128 bytes, as those of Lars are.
	b = message.AppendTo(append(b, 0))
	size := len(b) - start - 1
	if size < 0x80 {
		b[start] = byte(size)
		return b
	}
	body := append([]byte(nil), b[start+1:]...)
	return append(binary.AppendUvarint(b[:start], uint64(size)), body...)
}

// fields reads the fields of a message one after another.
type fields struct {
	rest []byte
	// tag of the field that was read.
	tag uint64
	// value of a varint.
	value uint64
	// body of a nested message.
	body []byte
	err  error
}

// next reads a field; false at the end of the message and when it is malformed.
func (f *fields) next() bool {
	if len(f.rest) == 0 || f.err != nil {
		return false
	}
	f.tag = f.uvarint()
	if f.tag>>3 == 0 || f.tag>>3 > 1<<29-1 || f.tag&7 == groupEnd {
		f.err = ErrMalformed
	}
	f.skipTo(f.tag, groupDepthMax)
	return f.err == nil
}

// groupDepthMax bounds how deep groups may be nested, as protobuf's decoders do.
const groupDepthMax = 100

// skipTo reads the value of the field with this tag.
func (f *fields) skipTo(tag uint64, depth int) {
	switch tag & 7 {
	case varint:
		f.value = f.uvarint()
	case fixed64:
		f.take(8)
	case fixed32:
		f.take(4)
	case bytes:
		f.body = f.take(f.uvarint())
	case groupStart:
		f.skipGroup(tag>>3, depth)
	default:
		f.err = ErrMalformed
	}
}

// skipGroup skips a group, which no message of Lars has, up to its end.
func (f *fields) skipGroup(number uint64, depth int) {
	for f.err == nil {
		inner := f.uvarint()
		switch {
		case f.err != nil:
		case inner == number<<3|groupEnd:
			return
		case inner>>3 == 0 || depth == 0:
			f.err = ErrMalformed
		default:
			f.skipTo(inner, depth-1)
		}
	}
}

func (f *fields) uvarint() uint64 {
	value, size := binary.Uvarint(f.rest)
	if size <= 0 {
		f.err = ErrMalformed
		return 0
	}
	f.rest = f.rest[size:]
	return value
}

func (f *fields) take(size uint64) []byte {
	if f.err != nil || size > uint64(len(f.rest)) {
		f.err = ErrMalformed
		return nil
	}
	taken := f.rest[:size]
	f.rest = f.rest[size:]
	return taken
}

// int32 is the value of a varint as an int32: its low 32 bits.
func (f *fields) int32() int32 { return int32(f.value) }

// uint32 is the value of a varint as a uint32: its low 32 bits.
func (f *fields) uint32() uint32 { return uint32(f.value) }

// bool is the value of a varint as a bool.
func (f *fields) bool() bool { return f.value != 0 }

// message merges the nested message that was read into m.
func (f *fields) message(m interface{ merge([]byte) error }) {
	f.err = m.merge(f.body)
}
