// @ts-self-types="./lars.d.ts"
// Generated from lars.proto by "deno task proto": do not edit.
/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const lars = $root.lars = (() => {

    /**
     * Namespace lars.
     * @exports lars
     * @namespace
     */
    const lars = {};

    lars.HostInfo = (function() {

        /**
         * Properties of a HostInfo.
         * @typedef {Object} lars.HostInfo.$Properties
         * @property {number|null} [ip] HostInfo ip
         * @property {number|null} [port] HostInfo port
         * @property {boolean|null} [overload] HostInfo overload
         * @property {number|null} [weight] HostInfo weight
         * @property {string|null} [zone] HostInfo zone
         * @property {boolean|null} [drained] HostInfo drained
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostInfo.
         * @memberof lars
         * @interface IHostInfo
         * @augments lars.HostInfo.$Properties
         * @deprecated Use lars.HostInfo.$Properties instead.
         */

        /**
         * Shape of a HostInfo.
         * @typedef {lars.HostInfo.$Properties} lars.HostInfo.$Shape
         */

        /**
         * Constructs a new HostInfo.
         * @memberof lars
         * @classdesc Represents a HostInfo.
         * @constructor
         * @param {lars.HostInfo.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostInfo = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostInfo ip.
         * @member {number} ip
         * @memberof lars.HostInfo
         * @instance
         */
        HostInfo.prototype.ip = 0;

        /**
         * HostInfo port.
         * @member {number} port
         * @memberof lars.HostInfo
         * @instance
         */
        HostInfo.prototype.port = 0;

        /**
         * HostInfo overload.
         * @member {boolean} overload
         * @memberof lars.HostInfo
         * @instance
         */
        HostInfo.prototype.overload = false;

        /**
         * HostInfo weight.
         * @member {number} weight
         * @memberof lars.HostInfo
         * @instance
         */
        HostInfo.prototype.weight = 0;

        /**
         * HostInfo zone.
         * @member {string} zone
         * @memberof lars.HostInfo
         * @instance
         */
        HostInfo.prototype.zone = "";

        /**
         * HostInfo drained.
         * @member {boolean} drained
         * @memberof lars.HostInfo
         * @instance
         */
        HostInfo.prototype.drained = false;

        /**
         * Encodes the specified HostInfo message. Does not implicitly {@link lars.HostInfo.verify|verify} messages.
         * @function encode
         * @memberof lars.HostInfo
         * @static
         * @param {lars.HostInfo.$Properties} message HostInfo message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostInfo.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.port);
            if (message.overload != null && $Object.hasOwnProperty.call(message, "overload") && message.overload !== false)
                writer.uint32(/* id 16, wireType 0 =*/128).bool(message.overload);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && message.weight !== 0)
                writer.uint32(/* id 17, wireType 0 =*/136).uint32(message.weight);
            if (message.zone != null && $Object.hasOwnProperty.call(message, "zone") && message.zone !== "")
                writer.uint32(/* id 18, wireType 2 =*/146).string(message.zone);
            if (message.drained != null && $Object.hasOwnProperty.call(message, "drained") && message.drained !== false)
                writer.uint32(/* id 19, wireType 0 =*/152).bool(message.drained);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostInfo message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostInfo
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostInfo & lars.HostInfo.$Shape} HostInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostInfo.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostInfo();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.overload = value;
                        else
                            delete message.overload;
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.weight = value;
                        else
                            delete message.weight;
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.zone = value;
                        else
                            delete message.zone;
                        continue;
                    }
                case 19: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.drained = value;
                        else
                            delete message.drained;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostInfo;
    })();

    lars.GetRouteRequest = (function() {

        /**
         * Properties of a GetRouteRequest.
         * @typedef {Object} lars.GetRouteRequest.$Properties
         * @property {number|null} [modid] GetRouteRequest modid
         * @property {number|null} [cmdid] GetRouteRequest cmdid
         * @property {boolean|null} [with_state] GetRouteRequest with_state
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetRouteRequest.
         * @memberof lars
         * @interface IGetRouteRequest
         * @augments lars.GetRouteRequest.$Properties
         * @deprecated Use lars.GetRouteRequest.$Properties instead.
         */

        /**
         * Shape of a GetRouteRequest.
         * @typedef {lars.GetRouteRequest.$Properties} lars.GetRouteRequest.$Shape
         */

        /**
         * Constructs a new GetRouteRequest.
         * @memberof lars
         * @classdesc Represents a GetRouteRequest.
         * @constructor
         * @param {lars.GetRouteRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetRouteRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetRouteRequest modid.
         * @member {number} modid
         * @memberof lars.GetRouteRequest
         * @instance
         */
        GetRouteRequest.prototype.modid = 0;

        /**
         * GetRouteRequest cmdid.
         * @member {number} cmdid
         * @memberof lars.GetRouteRequest
         * @instance
         */
        GetRouteRequest.prototype.cmdid = 0;

        /**
         * GetRouteRequest with_state.
         * @member {boolean} with_state
         * @memberof lars.GetRouteRequest
         * @instance
         */
        GetRouteRequest.prototype.with_state = false;

        /**
         * Encodes the specified GetRouteRequest message. Does not implicitly {@link lars.GetRouteRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.GetRouteRequest
         * @static
         * @param {lars.GetRouteRequest.$Properties} message GetRouteRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetRouteRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.with_state != null && $Object.hasOwnProperty.call(message, "with_state") && message.with_state !== false)
                writer.uint32(/* id 16, wireType 0 =*/128).bool(message.with_state);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetRouteRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.GetRouteRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.GetRouteRequest & lars.GetRouteRequest.$Shape} GetRouteRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetRouteRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.GetRouteRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.with_state = value;
                        else
                            delete message.with_state;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GetRouteRequest;
    })();

    lars.GetRouteResponse = (function() {

        /**
         * Properties of a GetRouteResponse.
         * @typedef {Object} lars.GetRouteResponse.$Properties
         * @property {number|null} [modid] GetRouteResponse modid
         * @property {number|null} [cmdid] GetRouteResponse cmdid
         * @property {Array.<lars.HostInfo.$Properties>|null} [host] GetRouteResponse host
         * @property {string|null} [policy] GetRouteResponse policy
         * @property {number|null} [check] GetRouteResponse check
         * @property {boolean|null} [named] GetRouteResponse named
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetRouteResponse.
         * @memberof lars
         * @interface IGetRouteResponse
         * @augments lars.GetRouteResponse.$Properties
         * @deprecated Use lars.GetRouteResponse.$Properties instead.
         */

        /**
         * Shape of a GetRouteResponse.
         * @typedef {lars.GetRouteResponse.$Properties} lars.GetRouteResponse.$Shape
         */

        /**
         * Constructs a new GetRouteResponse.
         * @memberof lars
         * @classdesc Represents a GetRouteResponse.
         * @constructor
         * @param {lars.GetRouteResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetRouteResponse = function (properties) {
            this.host = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetRouteResponse modid.
         * @member {number} modid
         * @memberof lars.GetRouteResponse
         * @instance
         */
        GetRouteResponse.prototype.modid = 0;

        /**
         * GetRouteResponse cmdid.
         * @member {number} cmdid
         * @memberof lars.GetRouteResponse
         * @instance
         */
        GetRouteResponse.prototype.cmdid = 0;

        /**
         * GetRouteResponse host.
         * @member {Array.<lars.HostInfo.$Properties>} host
         * @memberof lars.GetRouteResponse
         * @instance
         */
        GetRouteResponse.prototype.host = $util.emptyArray;

        /**
         * GetRouteResponse policy.
         * @member {string} policy
         * @memberof lars.GetRouteResponse
         * @instance
         */
        GetRouteResponse.prototype.policy = "";

        /**
         * GetRouteResponse check.
         * @member {number} check
         * @memberof lars.GetRouteResponse
         * @instance
         */
        GetRouteResponse.prototype.check = 0;

        /**
         * GetRouteResponse named.
         * @member {boolean} named
         * @memberof lars.GetRouteResponse
         * @instance
         */
        GetRouteResponse.prototype.named = false;

        /**
         * Encodes the specified GetRouteResponse message. Does not implicitly {@link lars.GetRouteResponse.verify|verify} messages.
         * @function encode
         * @memberof lars.GetRouteResponse
         * @static
         * @param {lars.GetRouteResponse.$Properties} message GetRouteResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetRouteResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.host != null && message.host.length)
                for (let i = 0; i < message.host.length; ++i)
                    $root.lars.HostInfo.encode(message.host[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy") && message.policy !== "")
                writer.uint32(/* id 16, wireType 2 =*/130).string(message.policy);
            if (message.check != null && $Object.hasOwnProperty.call(message, "check") && message.check !== 0)
                writer.uint32(/* id 17, wireType 0 =*/136).uint32(message.check);
            if (message.named != null && $Object.hasOwnProperty.call(message, "named") && message.named !== false)
                writer.uint32(/* id 18, wireType 0 =*/144).bool(message.named);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetRouteResponse message from the specified reader or buffer.
         * @function decode
         * @memberof lars.GetRouteResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.GetRouteResponse & lars.GetRouteResponse.$Shape} GetRouteResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetRouteResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.GetRouteResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.host && message.host.length))
                            message.host = [];
                        message.host.push($root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.policy = value;
                        else
                            delete message.policy;
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.check = value;
                        else
                            delete message.check;
                        continue;
                    }
                case 18: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.named = value;
                        else
                            delete message.named;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GetRouteResponse;
    })();

    lars.HostCallResult = (function() {

        /**
         * Properties of a HostCallResult.
         * @typedef {Object} lars.HostCallResult.$Properties
         * @property {number|null} [ip] HostCallResult ip
         * @property {number|null} [port] HostCallResult port
         * @property {number|null} [succ] HostCallResult succ
         * @property {number|null} [err] HostCallResult err
         * @property {boolean|null} [overload] HostCallResult overload
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostCallResult.
         * @memberof lars
         * @interface IHostCallResult
         * @augments lars.HostCallResult.$Properties
         * @deprecated Use lars.HostCallResult.$Properties instead.
         */

        /**
         * Shape of a HostCallResult.
         * @typedef {lars.HostCallResult.$Properties} lars.HostCallResult.$Shape
         */

        /**
         * Constructs a new HostCallResult.
         * @memberof lars
         * @classdesc Represents a HostCallResult.
         * @constructor
         * @param {lars.HostCallResult.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostCallResult = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostCallResult ip.
         * @member {number} ip
         * @memberof lars.HostCallResult
         * @instance
         */
        HostCallResult.prototype.ip = 0;

        /**
         * HostCallResult port.
         * @member {number} port
         * @memberof lars.HostCallResult
         * @instance
         */
        HostCallResult.prototype.port = 0;

        /**
         * HostCallResult succ.
         * @member {number} succ
         * @memberof lars.HostCallResult
         * @instance
         */
        HostCallResult.prototype.succ = 0;

        /**
         * HostCallResult err.
         * @member {number} err
         * @memberof lars.HostCallResult
         * @instance
         */
        HostCallResult.prototype.err = 0;

        /**
         * HostCallResult overload.
         * @member {boolean} overload
         * @memberof lars.HostCallResult
         * @instance
         */
        HostCallResult.prototype.overload = false;

        /**
         * Encodes the specified HostCallResult message. Does not implicitly {@link lars.HostCallResult.verify|verify} messages.
         * @function encode
         * @memberof lars.HostCallResult
         * @static
         * @param {lars.HostCallResult.$Properties} message HostCallResult message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostCallResult.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.port);
            if (message.succ != null && $Object.hasOwnProperty.call(message, "succ") && message.succ !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.succ);
            if (message.err != null && $Object.hasOwnProperty.call(message, "err") && message.err !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.err);
            if (message.overload != null && $Object.hasOwnProperty.call(message, "overload") && message.overload !== false)
                writer.uint32(/* id 5, wireType 0 =*/40).bool(message.overload);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostCallResult message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostCallResult
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostCallResult & lars.HostCallResult.$Shape} HostCallResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostCallResult.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostCallResult();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.succ = value;
                        else
                            delete message.succ;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.err = value;
                        else
                            delete message.err;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.overload = value;
                        else
                            delete message.overload;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostCallResult;
    })();

    lars.ReportStatusRequest = (function() {

        /**
         * Properties of a ReportStatusRequest.
         * @typedef {Object} lars.ReportStatusRequest.$Properties
         * @property {number|null} [modid] ReportStatusRequest modid
         * @property {number|null} [cmdid] ReportStatusRequest cmdid
         * @property {number|null} [caller] ReportStatusRequest caller
         * @property {Array.<lars.HostCallResult.$Properties>|null} [results] ReportStatusRequest results
         * @property {number|null} [ts] ReportStatusRequest ts
         * @property {Uint8Array|null} [agent_id] ReportStatusRequest agent_id
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ReportStatusRequest.
         * @memberof lars
         * @interface IReportStatusRequest
         * @augments lars.ReportStatusRequest.$Properties
         * @deprecated Use lars.ReportStatusRequest.$Properties instead.
         */

        /**
         * Shape of a ReportStatusRequest.
         * @typedef {lars.ReportStatusRequest.$Properties} lars.ReportStatusRequest.$Shape
         */

        /**
         * Constructs a new ReportStatusRequest.
         * @memberof lars
         * @classdesc Represents a ReportStatusRequest.
         * @constructor
         * @param {lars.ReportStatusRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ReportStatusRequest = function (properties) {
            this.results = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ReportStatusRequest modid.
         * @member {number} modid
         * @memberof lars.ReportStatusRequest
         * @instance
         */
        ReportStatusRequest.prototype.modid = 0;

        /**
         * ReportStatusRequest cmdid.
         * @member {number} cmdid
         * @memberof lars.ReportStatusRequest
         * @instance
         */
        ReportStatusRequest.prototype.cmdid = 0;

        /**
         * ReportStatusRequest caller.
         * @member {number} caller
         * @memberof lars.ReportStatusRequest
         * @instance
         */
        ReportStatusRequest.prototype.caller = 0;

        /**
         * ReportStatusRequest results.
         * @member {Array.<lars.HostCallResult.$Properties>} results
         * @memberof lars.ReportStatusRequest
         * @instance
         */
        ReportStatusRequest.prototype.results = $util.emptyArray;

        /**
         * ReportStatusRequest ts.
         * @member {number} ts
         * @memberof lars.ReportStatusRequest
         * @instance
         */
        ReportStatusRequest.prototype.ts = 0;

        /**
         * ReportStatusRequest agent_id.
         * @member {Uint8Array} agent_id
         * @memberof lars.ReportStatusRequest
         * @instance
         */
        ReportStatusRequest.prototype.agent_id = $util.newBuffer([]);

        /**
         * Encodes the specified ReportStatusRequest message. Does not implicitly {@link lars.ReportStatusRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.ReportStatusRequest
         * @static
         * @param {lars.ReportStatusRequest.$Properties} message ReportStatusRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ReportStatusRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.caller != null && $Object.hasOwnProperty.call(message, "caller") && message.caller !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.caller);
            if (message.results != null && message.results.length)
                for (let i = 0; i < message.results.length; ++i)
                    $root.lars.HostCallResult.encode(message.results[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.ts != null && $Object.hasOwnProperty.call(message, "ts") && message.ts !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.ts);
            if (message.agent_id != null && $Object.hasOwnProperty.call(message, "agent_id") && message.agent_id.length)
                writer.uint32(/* id 16, wireType 2 =*/130).bytes(message.agent_id);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ReportStatusRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.ReportStatusRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.ReportStatusRequest & lars.ReportStatusRequest.$Shape} ReportStatusRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ReportStatusRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.ReportStatusRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.caller = value;
                        else
                            delete message.caller;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.results && message.results.length))
                            message.results = [];
                        message.results.push($root.lars.HostCallResult.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ts = value;
                        else
                            delete message.ts;
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.agent_id = value;
                        else
                            delete message.agent_id;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReportStatusRequest;
    })();

    lars.CallResult = (function() {

        /**
         * Properties of a CallResult.
         * @typedef {Object} lars.CallResult.$Properties
         * @property {lars.HostInfo.$Properties|null} [host] CallResult host
         * @property {number|null} [retcode] CallResult retcode
         * @property {number|null} [duration_us] CallResult duration_us
         * @property {boolean|null} [unused] CallResult unused
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CallResult.
         * @memberof lars
         * @interface ICallResult
         * @augments lars.CallResult.$Properties
         * @deprecated Use lars.CallResult.$Properties instead.
         */

        /**
         * Shape of a CallResult.
         * @typedef {lars.CallResult.$Properties} lars.CallResult.$Shape
         */

        /**
         * Constructs a new CallResult.
         * @memberof lars
         * @classdesc Represents a CallResult.
         * @constructor
         * @param {lars.CallResult.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CallResult = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CallResult host.
         * @member {lars.HostInfo.$Properties|null|undefined} host
         * @memberof lars.CallResult
         * @instance
         */
        CallResult.prototype.host = null;

        /**
         * CallResult retcode.
         * @member {number} retcode
         * @memberof lars.CallResult
         * @instance
         */
        CallResult.prototype.retcode = 0;

        /**
         * CallResult duration_us.
         * @member {number} duration_us
         * @memberof lars.CallResult
         * @instance
         */
        CallResult.prototype.duration_us = 0;

        /**
         * CallResult unused.
         * @member {boolean} unused
         * @memberof lars.CallResult
         * @instance
         */
        CallResult.prototype.unused = false;

        /**
         * Encodes the specified CallResult message. Does not implicitly {@link lars.CallResult.verify|verify} messages.
         * @function encode
         * @memberof lars.CallResult
         * @static
         * @param {lars.CallResult.$Properties} message CallResult message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CallResult.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                $root.lars.HostInfo.encode(message.host, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.retcode != null && $Object.hasOwnProperty.call(message, "retcode") && message.retcode !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.retcode);
            if (message.duration_us != null && $Object.hasOwnProperty.call(message, "duration_us") && message.duration_us !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.duration_us);
            if (message.unused != null && $Object.hasOwnProperty.call(message, "unused") && message.unused !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.unused);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CallResult message from the specified reader or buffer.
         * @function decode
         * @memberof lars.CallResult
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.CallResult & lars.CallResult.$Shape} CallResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CallResult.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.CallResult();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.host = $root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.host);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.retcode = value;
                        else
                            delete message.retcode;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.duration_us = value;
                        else
                            delete message.duration_us;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.unused = value;
                        else
                            delete message.unused;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CallResult;
    })();

    lars.GetHostRequest = (function() {

        /**
         * Properties of a GetHostRequest.
         * @typedef {Object} lars.GetHostRequest.$Properties
         * @property {number|null} [seq] GetHostRequest seq
         * @property {number|null} [modid] GetHostRequest modid
         * @property {number|null} [cmdid] GetHostRequest cmdid
         * @property {number|null} [count] GetHostRequest count
         * @property {Array.<lars.CallResult.$Properties>|null} [results] GetHostRequest results
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetHostRequest.
         * @memberof lars
         * @interface IGetHostRequest
         * @augments lars.GetHostRequest.$Properties
         * @deprecated Use lars.GetHostRequest.$Properties instead.
         */

        /**
         * Shape of a GetHostRequest.
         * @typedef {lars.GetHostRequest.$Properties} lars.GetHostRequest.$Shape
         */

        /**
         * Constructs a new GetHostRequest.
         * @memberof lars
         * @classdesc Represents a GetHostRequest.
         * @constructor
         * @param {lars.GetHostRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetHostRequest = function (properties) {
            this.results = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetHostRequest seq.
         * @member {number} seq
         * @memberof lars.GetHostRequest
         * @instance
         */
        GetHostRequest.prototype.seq = 0;

        /**
         * GetHostRequest modid.
         * @member {number} modid
         * @memberof lars.GetHostRequest
         * @instance
         */
        GetHostRequest.prototype.modid = 0;

        /**
         * GetHostRequest cmdid.
         * @member {number} cmdid
         * @memberof lars.GetHostRequest
         * @instance
         */
        GetHostRequest.prototype.cmdid = 0;

        /**
         * GetHostRequest count.
         * @member {number} count
         * @memberof lars.GetHostRequest
         * @instance
         */
        GetHostRequest.prototype.count = 0;

        /**
         * GetHostRequest results.
         * @member {Array.<lars.CallResult.$Properties>} results
         * @memberof lars.GetHostRequest
         * @instance
         */
        GetHostRequest.prototype.results = $util.emptyArray;

        /**
         * Encodes the specified GetHostRequest message. Does not implicitly {@link lars.GetHostRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.GetHostRequest
         * @static
         * @param {lars.GetHostRequest.$Properties} message GetHostRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetHostRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.cmdid);
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                writer.uint32(/* id 16, wireType 0 =*/128).uint32(message.count);
            if (message.results != null && message.results.length)
                for (let i = 0; i < message.results.length; ++i)
                    $root.lars.CallResult.encode(message.results[i], writer.uint32(/* id 17, wireType 2 =*/138).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetHostRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.GetHostRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.GetHostRequest & lars.GetHostRequest.$Shape} GetHostRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetHostRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.GetHostRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.count = value;
                        else
                            delete message.count;
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        if (!(message.results && message.results.length))
                            message.results = [];
                        message.results.push($root.lars.CallResult.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GetHostRequest;
    })();

    lars.GetHostResponse = (function() {

        /**
         * Properties of a GetHostResponse.
         * @typedef {Object} lars.GetHostResponse.$Properties
         * @property {number|null} [seq] GetHostResponse seq
         * @property {number|null} [modid] GetHostResponse modid
         * @property {number|null} [cmdid] GetHostResponse cmdid
         * @property {number|null} [retcode] GetHostResponse retcode
         * @property {lars.HostInfo.$Properties|null} [host] GetHostResponse host
         * @property {Array.<lars.HostInfo.$Properties>|null} [more] GetHostResponse more
         * @property {number|null} [use_ms] GetHostResponse use_ms
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetHostResponse.
         * @memberof lars
         * @interface IGetHostResponse
         * @augments lars.GetHostResponse.$Properties
         * @deprecated Use lars.GetHostResponse.$Properties instead.
         */

        /**
         * Shape of a GetHostResponse.
         * @typedef {lars.GetHostResponse.$Properties} lars.GetHostResponse.$Shape
         */

        /**
         * Constructs a new GetHostResponse.
         * @memberof lars
         * @classdesc Represents a GetHostResponse.
         * @constructor
         * @param {lars.GetHostResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetHostResponse = function (properties) {
            this.more = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetHostResponse seq.
         * @member {number} seq
         * @memberof lars.GetHostResponse
         * @instance
         */
        GetHostResponse.prototype.seq = 0;

        /**
         * GetHostResponse modid.
         * @member {number} modid
         * @memberof lars.GetHostResponse
         * @instance
         */
        GetHostResponse.prototype.modid = 0;

        /**
         * GetHostResponse cmdid.
         * @member {number} cmdid
         * @memberof lars.GetHostResponse
         * @instance
         */
        GetHostResponse.prototype.cmdid = 0;

        /**
         * GetHostResponse retcode.
         * @member {number} retcode
         * @memberof lars.GetHostResponse
         * @instance
         */
        GetHostResponse.prototype.retcode = 0;

        /**
         * GetHostResponse host.
         * @member {lars.HostInfo.$Properties|null|undefined} host
         * @memberof lars.GetHostResponse
         * @instance
         */
        GetHostResponse.prototype.host = null;

        /**
         * GetHostResponse more.
         * @member {Array.<lars.HostInfo.$Properties>} more
         * @memberof lars.GetHostResponse
         * @instance
         */
        GetHostResponse.prototype.more = $util.emptyArray;

        /**
         * GetHostResponse use_ms.
         * @member {number} use_ms
         * @memberof lars.GetHostResponse
         * @instance
         */
        GetHostResponse.prototype.use_ms = 0;

        /**
         * Encodes the specified GetHostResponse message. Does not implicitly {@link lars.GetHostResponse.verify|verify} messages.
         * @function encode
         * @memberof lars.GetHostResponse
         * @static
         * @param {lars.GetHostResponse.$Properties} message GetHostResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetHostResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.cmdid);
            if (message.retcode != null && $Object.hasOwnProperty.call(message, "retcode") && message.retcode !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.retcode);
            if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                $root.lars.HostInfo.encode(message.host, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.more != null && message.more.length)
                for (let i = 0; i < message.more.length; ++i)
                    $root.lars.HostInfo.encode(message.more[i], writer.uint32(/* id 16, wireType 2 =*/130).fork(), _depth + 1).ldelim();
            if (message.use_ms != null && $Object.hasOwnProperty.call(message, "use_ms") && message.use_ms !== 0)
                writer.uint32(/* id 17, wireType 0 =*/136).uint32(message.use_ms);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetHostResponse message from the specified reader or buffer.
         * @function decode
         * @memberof lars.GetHostResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.GetHostResponse & lars.GetHostResponse.$Shape} GetHostResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetHostResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.GetHostResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.retcode = value;
                        else
                            delete message.retcode;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.host = $root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.host);
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if (!(message.more && message.more.length))
                            message.more = [];
                        message.more.push($root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.use_ms = value;
                        else
                            delete message.use_ms;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GetHostResponse;
    })();

    lars.ReportRequest = (function() {

        /**
         * Properties of a ReportRequest.
         * @typedef {Object} lars.ReportRequest.$Properties
         * @property {number|null} [modid] ReportRequest modid
         * @property {number|null} [cmdid] ReportRequest cmdid
         * @property {lars.HostInfo.$Properties|null} [host] ReportRequest host
         * @property {number|null} [retcode] ReportRequest retcode
         * @property {number|null} [duration_us] ReportRequest duration_us
         * @property {Array.<lars.CallResult.$Properties>|null} [more] ReportRequest more
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ReportRequest.
         * @memberof lars
         * @interface IReportRequest
         * @augments lars.ReportRequest.$Properties
         * @deprecated Use lars.ReportRequest.$Properties instead.
         */

        /**
         * Shape of a ReportRequest.
         * @typedef {lars.ReportRequest.$Properties} lars.ReportRequest.$Shape
         */

        /**
         * Constructs a new ReportRequest.
         * @memberof lars
         * @classdesc Represents a ReportRequest.
         * @constructor
         * @param {lars.ReportRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ReportRequest = function (properties) {
            this.more = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ReportRequest modid.
         * @member {number} modid
         * @memberof lars.ReportRequest
         * @instance
         */
        ReportRequest.prototype.modid = 0;

        /**
         * ReportRequest cmdid.
         * @member {number} cmdid
         * @memberof lars.ReportRequest
         * @instance
         */
        ReportRequest.prototype.cmdid = 0;

        /**
         * ReportRequest host.
         * @member {lars.HostInfo.$Properties|null|undefined} host
         * @memberof lars.ReportRequest
         * @instance
         */
        ReportRequest.prototype.host = null;

        /**
         * ReportRequest retcode.
         * @member {number} retcode
         * @memberof lars.ReportRequest
         * @instance
         */
        ReportRequest.prototype.retcode = 0;

        /**
         * ReportRequest duration_us.
         * @member {number} duration_us
         * @memberof lars.ReportRequest
         * @instance
         */
        ReportRequest.prototype.duration_us = 0;

        /**
         * ReportRequest more.
         * @member {Array.<lars.CallResult.$Properties>} more
         * @memberof lars.ReportRequest
         * @instance
         */
        ReportRequest.prototype.more = $util.emptyArray;

        /**
         * Encodes the specified ReportRequest message. Does not implicitly {@link lars.ReportRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.ReportRequest
         * @static
         * @param {lars.ReportRequest.$Properties} message ReportRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ReportRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                $root.lars.HostInfo.encode(message.host, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.retcode != null && $Object.hasOwnProperty.call(message, "retcode") && message.retcode !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.retcode);
            if (message.duration_us != null && $Object.hasOwnProperty.call(message, "duration_us") && message.duration_us !== 0)
                writer.uint32(/* id 16, wireType 0 =*/128).uint32(message.duration_us);
            if (message.more != null && message.more.length)
                for (let i = 0; i < message.more.length; ++i)
                    $root.lars.CallResult.encode(message.more[i], writer.uint32(/* id 17, wireType 2 =*/138).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ReportRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.ReportRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.ReportRequest & lars.ReportRequest.$Shape} ReportRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ReportRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.ReportRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.host = $root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.host);
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.retcode = value;
                        else
                            delete message.retcode;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.duration_us = value;
                        else
                            delete message.duration_us;
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        if (!(message.more && message.more.length))
                            message.more = [];
                        message.more.push($root.lars.CallResult.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReportRequest;
    })();

    lars.ExplainRequest = (function() {

        /**
         * Properties of an ExplainRequest.
         * @typedef {Object} lars.ExplainRequest.$Properties
         * @property {number|null} [seq] ExplainRequest seq
         * @property {number|null} [modid] ExplainRequest modid
         * @property {number|null} [cmdid] ExplainRequest cmdid
         * @property {number|null} [after_decision] ExplainRequest after_decision
         * @property {number|null} [after_call] ExplainRequest after_call
         * @property {boolean|null} [with_calls] ExplainRequest with_calls
         * @property {number|null} [after_host] ExplainRequest after_host
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ExplainRequest.
         * @memberof lars
         * @interface IExplainRequest
         * @augments lars.ExplainRequest.$Properties
         * @deprecated Use lars.ExplainRequest.$Properties instead.
         */

        /**
         * Shape of an ExplainRequest.
         * @typedef {lars.ExplainRequest.$Properties} lars.ExplainRequest.$Shape
         */

        /**
         * Constructs a new ExplainRequest.
         * @memberof lars
         * @classdesc Represents an ExplainRequest.
         * @constructor
         * @param {lars.ExplainRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ExplainRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ExplainRequest seq.
         * @member {number} seq
         * @memberof lars.ExplainRequest
         * @instance
         */
        ExplainRequest.prototype.seq = 0;

        /**
         * ExplainRequest modid.
         * @member {number} modid
         * @memberof lars.ExplainRequest
         * @instance
         */
        ExplainRequest.prototype.modid = 0;

        /**
         * ExplainRequest cmdid.
         * @member {number} cmdid
         * @memberof lars.ExplainRequest
         * @instance
         */
        ExplainRequest.prototype.cmdid = 0;

        /**
         * ExplainRequest after_decision.
         * @member {number} after_decision
         * @memberof lars.ExplainRequest
         * @instance
         */
        ExplainRequest.prototype.after_decision = 0;

        /**
         * ExplainRequest after_call.
         * @member {number} after_call
         * @memberof lars.ExplainRequest
         * @instance
         */
        ExplainRequest.prototype.after_call = 0;

        /**
         * ExplainRequest with_calls.
         * @member {boolean} with_calls
         * @memberof lars.ExplainRequest
         * @instance
         */
        ExplainRequest.prototype.with_calls = false;

        /**
         * ExplainRequest after_host.
         * @member {number} after_host
         * @memberof lars.ExplainRequest
         * @instance
         */
        ExplainRequest.prototype.after_host = 0;

        /**
         * Encodes the specified ExplainRequest message. Does not implicitly {@link lars.ExplainRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.ExplainRequest
         * @static
         * @param {lars.ExplainRequest.$Properties} message ExplainRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ExplainRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.cmdid);
            if (message.after_decision != null && $Object.hasOwnProperty.call(message, "after_decision") && message.after_decision !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.after_decision);
            if (message.after_call != null && $Object.hasOwnProperty.call(message, "after_call") && message.after_call !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.after_call);
            if (message.with_calls != null && $Object.hasOwnProperty.call(message, "with_calls") && message.with_calls !== false)
                writer.uint32(/* id 6, wireType 0 =*/48).bool(message.with_calls);
            if (message.after_host != null && $Object.hasOwnProperty.call(message, "after_host") && message.after_host !== 0)
                writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.after_host);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ExplainRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.ExplainRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.ExplainRequest & lars.ExplainRequest.$Shape} ExplainRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ExplainRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.ExplainRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.after_decision = value;
                        else
                            delete message.after_decision;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.after_call = value;
                        else
                            delete message.after_call;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.with_calls = value;
                        else
                            delete message.with_calls;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.after_host = value;
                        else
                            delete message.after_host;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ExplainRequest;
    })();

    lars.HostExplanation = (function() {

        /**
         * Properties of a HostExplanation.
         * @typedef {Object} lars.HostExplanation.$Properties
         * @property {lars.HostInfo.$Properties|null} [host] HostExplanation host
         * @property {number|null} [succ] HostExplanation succ
         * @property {number|null} [err] HostExplanation err
         * @property {boolean|null} [overload] HostExplanation overload
         * @property {string|null} [reason] HostExplanation reason
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostExplanation.
         * @memberof lars
         * @interface IHostExplanation
         * @augments lars.HostExplanation.$Properties
         * @deprecated Use lars.HostExplanation.$Properties instead.
         */

        /**
         * Shape of a HostExplanation.
         * @typedef {lars.HostExplanation.$Properties} lars.HostExplanation.$Shape
         */

        /**
         * Constructs a new HostExplanation.
         * @memberof lars
         * @classdesc Represents a HostExplanation.
         * @constructor
         * @param {lars.HostExplanation.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostExplanation = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostExplanation host.
         * @member {lars.HostInfo.$Properties|null|undefined} host
         * @memberof lars.HostExplanation
         * @instance
         */
        HostExplanation.prototype.host = null;

        /**
         * HostExplanation succ.
         * @member {number} succ
         * @memberof lars.HostExplanation
         * @instance
         */
        HostExplanation.prototype.succ = 0;

        /**
         * HostExplanation err.
         * @member {number} err
         * @memberof lars.HostExplanation
         * @instance
         */
        HostExplanation.prototype.err = 0;

        /**
         * HostExplanation overload.
         * @member {boolean} overload
         * @memberof lars.HostExplanation
         * @instance
         */
        HostExplanation.prototype.overload = false;

        /**
         * HostExplanation reason.
         * @member {string} reason
         * @memberof lars.HostExplanation
         * @instance
         */
        HostExplanation.prototype.reason = "";

        /**
         * Encodes the specified HostExplanation message. Does not implicitly {@link lars.HostExplanation.verify|verify} messages.
         * @function encode
         * @memberof lars.HostExplanation
         * @static
         * @param {lars.HostExplanation.$Properties} message HostExplanation message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostExplanation.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                $root.lars.HostInfo.encode(message.host, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.succ != null && $Object.hasOwnProperty.call(message, "succ") && message.succ !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.succ);
            if (message.err != null && $Object.hasOwnProperty.call(message, "err") && message.err !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.err);
            if (message.overload != null && $Object.hasOwnProperty.call(message, "overload") && message.overload !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.overload);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.reason);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostExplanation message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostExplanation
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostExplanation & lars.HostExplanation.$Shape} HostExplanation
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostExplanation.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostExplanation();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.host = $root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.host);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.succ = value;
                        else
                            delete message.succ;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.err = value;
                        else
                            delete message.err;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.overload = value;
                        else
                            delete message.overload;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostExplanation;
    })();

    lars.Decision = (function() {

        /**
         * Properties of a Decision.
         * @typedef {Object} lars.Decision.$Properties
         * @property {number|null} [number] Decision number
         * @property {number|null} [age_ms] Decision age_ms
         * @property {lars.HostInfo.$Properties|null} [host] Decision host
         * @property {string|null} [text] Decision text
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Decision.
         * @memberof lars
         * @interface IDecision
         * @augments lars.Decision.$Properties
         * @deprecated Use lars.Decision.$Properties instead.
         */

        /**
         * Shape of a Decision.
         * @typedef {lars.Decision.$Properties} lars.Decision.$Shape
         */

        /**
         * Constructs a new Decision.
         * @memberof lars
         * @classdesc Represents a Decision.
         * @constructor
         * @param {lars.Decision.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Decision = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Decision number.
         * @member {number} number
         * @memberof lars.Decision
         * @instance
         */
        Decision.prototype.number = 0;

        /**
         * Decision age_ms.
         * @member {number} age_ms
         * @memberof lars.Decision
         * @instance
         */
        Decision.prototype.age_ms = 0;

        /**
         * Decision host.
         * @member {lars.HostInfo.$Properties|null|undefined} host
         * @memberof lars.Decision
         * @instance
         */
        Decision.prototype.host = null;

        /**
         * Decision text.
         * @member {string} text
         * @memberof lars.Decision
         * @instance
         */
        Decision.prototype.text = "";

        /**
         * Encodes the specified Decision message. Does not implicitly {@link lars.Decision.verify|verify} messages.
         * @function encode
         * @memberof lars.Decision
         * @static
         * @param {lars.Decision.$Properties} message Decision message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Decision.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.number != null && $Object.hasOwnProperty.call(message, "number") && message.number !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.number);
            if (message.age_ms != null && $Object.hasOwnProperty.call(message, "age_ms") && message.age_ms !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.age_ms);
            if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                $root.lars.HostInfo.encode(message.host, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.text);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Decision message from the specified reader or buffer.
         * @function decode
         * @memberof lars.Decision
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.Decision & lars.Decision.$Shape} Decision
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Decision.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.Decision();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.number = value;
                        else
                            delete message.number;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.age_ms = value;
                        else
                            delete message.age_ms;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.host = $root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.host);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.text = value;
                        else
                            delete message.text;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Decision;
    })();

    lars.RecordedCall = (function() {

        /**
         * Properties of a RecordedCall.
         * @typedef {Object} lars.RecordedCall.$Properties
         * @property {number|null} [number] RecordedCall number
         * @property {number|null} [age_ms] RecordedCall age_ms
         * @property {lars.HostInfo.$Properties|null} [host] RecordedCall host
         * @property {boolean|null} [report] RecordedCall report
         * @property {number|null} [retcode] RecordedCall retcode
         * @property {number|null} [duration_us] RecordedCall duration_us
         * @property {boolean|null} [unused] RecordedCall unused
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RecordedCall.
         * @memberof lars
         * @interface IRecordedCall
         * @augments lars.RecordedCall.$Properties
         * @deprecated Use lars.RecordedCall.$Properties instead.
         */

        /**
         * Shape of a RecordedCall.
         * @typedef {lars.RecordedCall.$Properties} lars.RecordedCall.$Shape
         */

        /**
         * Constructs a new RecordedCall.
         * @memberof lars
         * @classdesc Represents a RecordedCall.
         * @constructor
         * @param {lars.RecordedCall.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RecordedCall = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RecordedCall number.
         * @member {number} number
         * @memberof lars.RecordedCall
         * @instance
         */
        RecordedCall.prototype.number = 0;

        /**
         * RecordedCall age_ms.
         * @member {number} age_ms
         * @memberof lars.RecordedCall
         * @instance
         */
        RecordedCall.prototype.age_ms = 0;

        /**
         * RecordedCall host.
         * @member {lars.HostInfo.$Properties|null|undefined} host
         * @memberof lars.RecordedCall
         * @instance
         */
        RecordedCall.prototype.host = null;

        /**
         * RecordedCall report.
         * @member {boolean} report
         * @memberof lars.RecordedCall
         * @instance
         */
        RecordedCall.prototype.report = false;

        /**
         * RecordedCall retcode.
         * @member {number} retcode
         * @memberof lars.RecordedCall
         * @instance
         */
        RecordedCall.prototype.retcode = 0;

        /**
         * RecordedCall duration_us.
         * @member {number} duration_us
         * @memberof lars.RecordedCall
         * @instance
         */
        RecordedCall.prototype.duration_us = 0;

        /**
         * RecordedCall unused.
         * @member {boolean} unused
         * @memberof lars.RecordedCall
         * @instance
         */
        RecordedCall.prototype.unused = false;

        /**
         * Encodes the specified RecordedCall message. Does not implicitly {@link lars.RecordedCall.verify|verify} messages.
         * @function encode
         * @memberof lars.RecordedCall
         * @static
         * @param {lars.RecordedCall.$Properties} message RecordedCall message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RecordedCall.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.number != null && $Object.hasOwnProperty.call(message, "number") && message.number !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.number);
            if (message.age_ms != null && $Object.hasOwnProperty.call(message, "age_ms") && message.age_ms !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.age_ms);
            if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                $root.lars.HostInfo.encode(message.host, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.report != null && $Object.hasOwnProperty.call(message, "report") && message.report !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.report);
            if (message.retcode != null && $Object.hasOwnProperty.call(message, "retcode") && message.retcode !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).int32(message.retcode);
            if (message.duration_us != null && $Object.hasOwnProperty.call(message, "duration_us") && message.duration_us !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.duration_us);
            if (message.unused != null && $Object.hasOwnProperty.call(message, "unused") && message.unused !== false)
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.unused);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RecordedCall message from the specified reader or buffer.
         * @function decode
         * @memberof lars.RecordedCall
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.RecordedCall & lars.RecordedCall.$Shape} RecordedCall
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RecordedCall.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.RecordedCall();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.number = value;
                        else
                            delete message.number;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.age_ms = value;
                        else
                            delete message.age_ms;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.host = $root.lars.HostInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.host);
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.report = value;
                        else
                            delete message.report;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.retcode = value;
                        else
                            delete message.retcode;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.duration_us = value;
                        else
                            delete message.duration_us;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.unused = value;
                        else
                            delete message.unused;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RecordedCall;
    })();

    lars.ExplainResponse = (function() {

        /**
         * Properties of an ExplainResponse.
         * @typedef {Object} lars.ExplainResponse.$Properties
         * @property {number|null} [seq] ExplainResponse seq
         * @property {number|null} [modid] ExplainResponse modid
         * @property {number|null} [cmdid] ExplainResponse cmdid
         * @property {string|null} [policy] ExplainResponse policy
         * @property {Array.<lars.HostExplanation.$Properties>|null} [host] ExplainResponse host
         * @property {Array.<lars.Decision.$Properties>|null} [decision] ExplainResponse decision
         * @property {Array.<lars.RecordedCall.$Properties>|null} [call] ExplainResponse call
         * @property {number|null} [host_count] ExplainResponse host_count
         * @property {Array.<string>|null} [note] ExplainResponse note
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ExplainResponse.
         * @memberof lars
         * @interface IExplainResponse
         * @augments lars.ExplainResponse.$Properties
         * @deprecated Use lars.ExplainResponse.$Properties instead.
         */

        /**
         * Shape of an ExplainResponse.
         * @typedef {lars.ExplainResponse.$Properties} lars.ExplainResponse.$Shape
         */

        /**
         * Constructs a new ExplainResponse.
         * @memberof lars
         * @classdesc Represents an ExplainResponse.
         * @constructor
         * @param {lars.ExplainResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ExplainResponse = function (properties) {
            this.host = [];
            this.decision = [];
            this.call = [];
            this.note = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ExplainResponse seq.
         * @member {number} seq
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.seq = 0;

        /**
         * ExplainResponse modid.
         * @member {number} modid
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.modid = 0;

        /**
         * ExplainResponse cmdid.
         * @member {number} cmdid
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.cmdid = 0;

        /**
         * ExplainResponse policy.
         * @member {string} policy
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.policy = "";

        /**
         * ExplainResponse host.
         * @member {Array.<lars.HostExplanation.$Properties>} host
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.host = $util.emptyArray;

        /**
         * ExplainResponse decision.
         * @member {Array.<lars.Decision.$Properties>} decision
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.decision = $util.emptyArray;

        /**
         * ExplainResponse call.
         * @member {Array.<lars.RecordedCall.$Properties>} call
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.call = $util.emptyArray;

        /**
         * ExplainResponse host_count.
         * @member {number} host_count
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.host_count = 0;

        /**
         * ExplainResponse note.
         * @member {Array.<string>} note
         * @memberof lars.ExplainResponse
         * @instance
         */
        ExplainResponse.prototype.note = $util.emptyArray;

        /**
         * Encodes the specified ExplainResponse message. Does not implicitly {@link lars.ExplainResponse.verify|verify} messages.
         * @function encode
         * @memberof lars.ExplainResponse
         * @static
         * @param {lars.ExplainResponse.$Properties} message ExplainResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ExplainResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.cmdid);
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy") && message.policy !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.policy);
            if (message.host != null && message.host.length)
                for (let i = 0; i < message.host.length; ++i)
                    $root.lars.HostExplanation.encode(message.host[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.decision != null && message.decision.length)
                for (let i = 0; i < message.decision.length; ++i)
                    $root.lars.Decision.encode(message.decision[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.call != null && message.call.length)
                for (let i = 0; i < message.call.length; ++i)
                    $root.lars.RecordedCall.encode(message.call[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
            if (message.host_count != null && $Object.hasOwnProperty.call(message, "host_count") && message.host_count !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.host_count);
            if (message.note != null && message.note.length)
                for (let i = 0; i < message.note.length; ++i)
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.note[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ExplainResponse message from the specified reader or buffer.
         * @function decode
         * @memberof lars.ExplainResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.ExplainResponse & lars.ExplainResponse.$Shape} ExplainResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ExplainResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.ExplainResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.policy = value;
                        else
                            delete message.policy;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.host && message.host.length))
                            message.host = [];
                        message.host.push($root.lars.HostExplanation.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.decision && message.decision.length))
                            message.decision = [];
                        message.decision.push($root.lars.Decision.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.call && message.call.length))
                            message.call = [];
                        message.call.push($root.lars.RecordedCall.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.host_count = value;
                        else
                            delete message.host_count;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.note && message.note.length))
                            message.note = [];
                        message.note.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ExplainResponse;
    })();

    lars.Hello = (function() {

        /**
         * Properties of a Hello.
         * @typedef {Object} lars.Hello.$Properties
         * @property {Uint8Array|null} [agent_id] Hello agent_id
         * @property {number|null} [epoch] Hello epoch
         * @property {string|null} [name] Hello name
         * @property {string|null} [version] Hello version
         * @property {string|null} [zone] Hello zone
         * @property {number|null} [metrics_port] Hello metrics_port
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Hello.
         * @memberof lars
         * @interface IHello
         * @augments lars.Hello.$Properties
         * @deprecated Use lars.Hello.$Properties instead.
         */

        /**
         * Shape of a Hello.
         * @typedef {lars.Hello.$Properties} lars.Hello.$Shape
         */

        /**
         * Constructs a new Hello.
         * @memberof lars
         * @classdesc Represents a Hello.
         * @constructor
         * @param {lars.Hello.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Hello = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Hello agent_id.
         * @member {Uint8Array} agent_id
         * @memberof lars.Hello
         * @instance
         */
        Hello.prototype.agent_id = $util.newBuffer([]);

        /**
         * Hello epoch.
         * @member {number} epoch
         * @memberof lars.Hello
         * @instance
         */
        Hello.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Hello name.
         * @member {string} name
         * @memberof lars.Hello
         * @instance
         */
        Hello.prototype.name = "";

        /**
         * Hello version.
         * @member {string} version
         * @memberof lars.Hello
         * @instance
         */
        Hello.prototype.version = "";

        /**
         * Hello zone.
         * @member {string} zone
         * @memberof lars.Hello
         * @instance
         */
        Hello.prototype.zone = "";

        /**
         * Hello metrics_port.
         * @member {number} metrics_port
         * @memberof lars.Hello
         * @instance
         */
        Hello.prototype.metrics_port = 0;

        /**
         * Encodes the specified Hello message. Does not implicitly {@link lars.Hello.verify|verify} messages.
         * @function encode
         * @memberof lars.Hello
         * @static
         * @param {lars.Hello.$Properties} message Hello message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Hello.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.agent_id != null && $Object.hasOwnProperty.call(message, "agent_id") && message.agent_id.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.agent_id);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(/* id 2, wireType 1 =*/17).fixed64(message.epoch);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.name);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.version);
            if (message.zone != null && $Object.hasOwnProperty.call(message, "zone") && message.zone !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.zone);
            if (message.metrics_port != null && $Object.hasOwnProperty.call(message, "metrics_port") && message.metrics_port !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.metrics_port);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Hello message from the specified reader or buffer.
         * @function decode
         * @memberof lars.Hello
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.Hello & lars.Hello.$Shape} Hello
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Hello.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.Hello();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.agent_id = value;
                        else
                            delete message.agent_id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.zone = value;
                        else
                            delete message.zone;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.metrics_port = value;
                        else
                            delete message.metrics_port;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Hello;
    })();

    lars.HelloAck = (function() {

        /**
         * Properties of a HelloAck.
         * @typedef {Object} lars.HelloAck.$Properties
         * @property {string|null} [version] HelloAck version
         * @property {number|null} [features] HelloAck features
         * @property {Uint8Array|null} [store] HelloAck store
         * @property {number|null} [accepted] HelloAck accepted
         * @property {number|null} [held] HelloAck held
         * @property {Uint8Array|null} [nonce] HelloAck nonce
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HelloAck.
         * @memberof lars
         * @interface IHelloAck
         * @augments lars.HelloAck.$Properties
         * @deprecated Use lars.HelloAck.$Properties instead.
         */

        /**
         * Shape of a HelloAck.
         * @typedef {lars.HelloAck.$Properties} lars.HelloAck.$Shape
         */

        /**
         * Constructs a new HelloAck.
         * @memberof lars
         * @classdesc Represents a HelloAck.
         * @constructor
         * @param {lars.HelloAck.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HelloAck = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HelloAck version.
         * @member {string} version
         * @memberof lars.HelloAck
         * @instance
         */
        HelloAck.prototype.version = "";

        /**
         * HelloAck features.
         * @member {number} features
         * @memberof lars.HelloAck
         * @instance
         */
        HelloAck.prototype.features = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * HelloAck store.
         * @member {Uint8Array} store
         * @memberof lars.HelloAck
         * @instance
         */
        HelloAck.prototype.store = $util.newBuffer([]);

        /**
         * HelloAck accepted.
         * @member {number} accepted
         * @memberof lars.HelloAck
         * @instance
         */
        HelloAck.prototype.accepted = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * HelloAck held.
         * @member {number} held
         * @memberof lars.HelloAck
         * @instance
         */
        HelloAck.prototype.held = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * HelloAck nonce.
         * @member {Uint8Array} nonce
         * @memberof lars.HelloAck
         * @instance
         */
        HelloAck.prototype.nonce = $util.newBuffer([]);

        /**
         * Encodes the specified HelloAck message. Does not implicitly {@link lars.HelloAck.verify|verify} messages.
         * @function encode
         * @memberof lars.HelloAck
         * @static
         * @param {lars.HelloAck.$Properties} message HelloAck message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HelloAck.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.version);
            if (message.features != null && $Object.hasOwnProperty.call(message, "features") && (typeof message.features === "object" ? message.features.low || message.features.high : message.features !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.features);
            if (message.store != null && $Object.hasOwnProperty.call(message, "store") && message.store.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.store);
            if (message.accepted != null && $Object.hasOwnProperty.call(message, "accepted") && (typeof message.accepted === "object" ? message.accepted.low || message.accepted.high : message.accepted !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.accepted);
            if (message.held != null && $Object.hasOwnProperty.call(message, "held") && (typeof message.held === "object" ? message.held.low || message.held.high : message.held !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.held);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce.length)
                writer.uint32(/* id 16, wireType 2 =*/130).bytes(message.nonce);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HelloAck message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HelloAck
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HelloAck & lars.HelloAck.$Shape} HelloAck
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HelloAck.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HelloAck();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.features = value;
                        else
                            delete message.features;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.store = value;
                        else
                            delete message.store;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.accepted = value;
                        else
                            delete message.accepted;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.held = value;
                        else
                            delete message.held;
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HelloAck;
    })();

    lars.RouteKey = (function() {

        /**
         * Properties of a RouteKey.
         * @typedef {Object} lars.RouteKey.$Properties
         * @property {number|null} [modid] RouteKey modid
         * @property {number|null} [cmdid] RouteKey cmdid
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RouteKey.
         * @memberof lars
         * @interface IRouteKey
         * @augments lars.RouteKey.$Properties
         * @deprecated Use lars.RouteKey.$Properties instead.
         */

        /**
         * Shape of a RouteKey.
         * @typedef {lars.RouteKey.$Properties} lars.RouteKey.$Shape
         */

        /**
         * Constructs a new RouteKey.
         * @memberof lars
         * @classdesc Represents a RouteKey.
         * @constructor
         * @param {lars.RouteKey.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RouteKey = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RouteKey modid.
         * @member {number} modid
         * @memberof lars.RouteKey
         * @instance
         */
        RouteKey.prototype.modid = 0;

        /**
         * RouteKey cmdid.
         * @member {number} cmdid
         * @memberof lars.RouteKey
         * @instance
         */
        RouteKey.prototype.cmdid = 0;

        /**
         * Encodes the specified RouteKey message. Does not implicitly {@link lars.RouteKey.verify|verify} messages.
         * @function encode
         * @memberof lars.RouteKey
         * @static
         * @param {lars.RouteKey.$Properties} message RouteKey message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RouteKey.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RouteKey message from the specified reader or buffer.
         * @function decode
         * @memberof lars.RouteKey
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.RouteKey & lars.RouteKey.$Shape} RouteKey
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RouteKey.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.RouteKey();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RouteKey;
    })();

    lars.RegisterRequest = (function() {

        /**
         * Properties of a RegisterRequest.
         * @typedef {Object} lars.RegisterRequest.$Properties
         * @property {number|null} [seq] RegisterRequest seq
         * @property {Uint8Array|null} [instance] RegisterRequest instance
         * @property {Array.<lars.RouteKey.$Properties>|null} [route] RegisterRequest route
         * @property {number|null} [port] RegisterRequest port
         * @property {number|null} [ip] RegisterRequest ip
         * @property {number|null} [weight] RegisterRequest weight
         * @property {string|null} [zone] RegisterRequest zone
         * @property {number|null} [ttl_ms] RegisterRequest ttl_ms
         * @property {number|null} [check] RegisterRequest check
         * @property {string|null} [path] RegisterRequest path
         * @property {number|null} [pid] RegisterRequest pid
         * @property {number|null} [drain_ms] RegisterRequest drain_ms
         * @property {string|null} [version] RegisterRequest version
         * @property {Array.<string>|null} [tags] RegisterRequest tags
         * @property {boolean|null} [not_ready] RegisterRequest not_ready
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RegisterRequest.
         * @memberof lars
         * @interface IRegisterRequest
         * @augments lars.RegisterRequest.$Properties
         * @deprecated Use lars.RegisterRequest.$Properties instead.
         */

        /**
         * Shape of a RegisterRequest.
         * @typedef {lars.RegisterRequest.$Properties} lars.RegisterRequest.$Shape
         */

        /**
         * Constructs a new RegisterRequest.
         * @memberof lars
         * @classdesc Represents a RegisterRequest.
         * @constructor
         * @param {lars.RegisterRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RegisterRequest = function (properties) {
            this.route = [];
            this.tags = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RegisterRequest seq.
         * @member {number} seq
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.seq = 0;

        /**
         * RegisterRequest instance.
         * @member {Uint8Array} instance
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.instance = $util.newBuffer([]);

        /**
         * RegisterRequest route.
         * @member {Array.<lars.RouteKey.$Properties>} route
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.route = $util.emptyArray;

        /**
         * RegisterRequest port.
         * @member {number} port
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.port = 0;

        /**
         * RegisterRequest ip.
         * @member {number} ip
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.ip = 0;

        /**
         * RegisterRequest weight.
         * @member {number} weight
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.weight = 0;

        /**
         * RegisterRequest zone.
         * @member {string} zone
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.zone = "";

        /**
         * RegisterRequest ttl_ms.
         * @member {number} ttl_ms
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.ttl_ms = 0;

        /**
         * RegisterRequest check.
         * @member {number} check
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.check = 0;

        /**
         * RegisterRequest path.
         * @member {string} path
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.path = "";

        /**
         * RegisterRequest pid.
         * @member {number} pid
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.pid = 0;

        /**
         * RegisterRequest drain_ms.
         * @member {number} drain_ms
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.drain_ms = 0;

        /**
         * RegisterRequest version.
         * @member {string} version
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.version = "";

        /**
         * RegisterRequest tags.
         * @member {Array.<string>} tags
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.tags = $util.emptyArray;

        /**
         * RegisterRequest not_ready.
         * @member {boolean} not_ready
         * @memberof lars.RegisterRequest
         * @instance
         */
        RegisterRequest.prototype.not_ready = false;

        /**
         * Encodes the specified RegisterRequest message. Does not implicitly {@link lars.RegisterRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.RegisterRequest
         * @static
         * @param {lars.RegisterRequest.$Properties} message RegisterRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RegisterRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.instance);
            if (message.route != null && message.route.length)
                for (let i = 0; i < message.route.length; ++i)
                    $root.lars.RouteKey.encode(message.route[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.port);
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).int32(message.ip);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && message.weight !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.weight);
            if (message.zone != null && $Object.hasOwnProperty.call(message, "zone") && message.zone !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.zone);
            if (message.ttl_ms != null && $Object.hasOwnProperty.call(message, "ttl_ms") && message.ttl_ms !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.ttl_ms);
            if (message.check != null && $Object.hasOwnProperty.call(message, "check") && message.check !== 0)
                writer.uint32(/* id 9, wireType 0 =*/72).uint32(message.check);
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(/* id 10, wireType 2 =*/82).string(message.path);
            if (message.pid != null && $Object.hasOwnProperty.call(message, "pid") && message.pid !== 0)
                writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.pid);
            if (message.drain_ms != null && $Object.hasOwnProperty.call(message, "drain_ms") && message.drain_ms !== 0)
                writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.drain_ms);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 13, wireType 2 =*/106).string(message.version);
            if (message.tags != null && message.tags.length)
                for (let i = 0; i < message.tags.length; ++i)
                    writer.uint32(/* id 14, wireType 2 =*/114).string(message.tags[i]);
            if (message.not_ready != null && $Object.hasOwnProperty.call(message, "not_ready") && message.not_ready !== false)
                writer.uint32(/* id 15, wireType 0 =*/120).bool(message.not_ready);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RegisterRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.RegisterRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.RegisterRequest & lars.RegisterRequest.$Shape} RegisterRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RegisterRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.RegisterRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.route && message.route.length))
                            message.route = [];
                        message.route.push($root.lars.RouteKey.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.weight = value;
                        else
                            delete message.weight;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.zone = value;
                        else
                            delete message.zone;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ttl_ms = value;
                        else
                            delete message.ttl_ms;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.check = value;
                        else
                            delete message.check;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.pid = value;
                        else
                            delete message.pid;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.drain_ms = value;
                        else
                            delete message.drain_ms;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if (!(message.tags && message.tags.length))
                            message.tags = [];
                        message.tags.push(reader.stringVerify());
                        continue;
                    }
                case 15: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.not_ready = value;
                        else
                            delete message.not_ready;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RegisterRequest;
    })();

    lars.RegisterResponse = (function() {

        /**
         * Properties of a RegisterResponse.
         * @typedef {Object} lars.RegisterResponse.$Properties
         * @property {number|null} [seq] RegisterResponse seq
         * @property {Uint8Array|null} [instance] RegisterResponse instance
         * @property {number|null} [state] RegisterResponse state
         * @property {string|null} [reason] RegisterResponse reason
         * @property {number|null} [heartbeat_ms] RegisterResponse heartbeat_ms
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RegisterResponse.
         * @memberof lars
         * @interface IRegisterResponse
         * @augments lars.RegisterResponse.$Properties
         * @deprecated Use lars.RegisterResponse.$Properties instead.
         */

        /**
         * Shape of a RegisterResponse.
         * @typedef {lars.RegisterResponse.$Properties} lars.RegisterResponse.$Shape
         */

        /**
         * Constructs a new RegisterResponse.
         * @memberof lars
         * @classdesc Represents a RegisterResponse.
         * @constructor
         * @param {lars.RegisterResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RegisterResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RegisterResponse seq.
         * @member {number} seq
         * @memberof lars.RegisterResponse
         * @instance
         */
        RegisterResponse.prototype.seq = 0;

        /**
         * RegisterResponse instance.
         * @member {Uint8Array} instance
         * @memberof lars.RegisterResponse
         * @instance
         */
        RegisterResponse.prototype.instance = $util.newBuffer([]);

        /**
         * RegisterResponse state.
         * @member {number} state
         * @memberof lars.RegisterResponse
         * @instance
         */
        RegisterResponse.prototype.state = 0;

        /**
         * RegisterResponse reason.
         * @member {string} reason
         * @memberof lars.RegisterResponse
         * @instance
         */
        RegisterResponse.prototype.reason = "";

        /**
         * RegisterResponse heartbeat_ms.
         * @member {number} heartbeat_ms
         * @memberof lars.RegisterResponse
         * @instance
         */
        RegisterResponse.prototype.heartbeat_ms = 0;

        /**
         * Encodes the specified RegisterResponse message. Does not implicitly {@link lars.RegisterResponse.verify|verify} messages.
         * @function encode
         * @memberof lars.RegisterResponse
         * @static
         * @param {lars.RegisterResponse.$Properties} message RegisterResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RegisterResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.instance);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.state);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.reason);
            if (message.heartbeat_ms != null && $Object.hasOwnProperty.call(message, "heartbeat_ms") && message.heartbeat_ms !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.heartbeat_ms);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RegisterResponse message from the specified reader or buffer.
         * @function decode
         * @memberof lars.RegisterResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.RegisterResponse & lars.RegisterResponse.$Shape} RegisterResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RegisterResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.RegisterResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.heartbeat_ms = value;
                        else
                            delete message.heartbeat_ms;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RegisterResponse;
    })();

    lars.BeatRequest = (function() {

        /**
         * Properties of a BeatRequest.
         * @typedef {Object} lars.BeatRequest.$Properties
         * @property {number|null} [seq] BeatRequest seq
         * @property {Uint8Array|null} [instance] BeatRequest instance
         * @property {boolean|null} [not_ready] BeatRequest not_ready
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a BeatRequest.
         * @memberof lars
         * @interface IBeatRequest
         * @augments lars.BeatRequest.$Properties
         * @deprecated Use lars.BeatRequest.$Properties instead.
         */

        /**
         * Shape of a BeatRequest.
         * @typedef {lars.BeatRequest.$Properties} lars.BeatRequest.$Shape
         */

        /**
         * Constructs a new BeatRequest.
         * @memberof lars
         * @classdesc Represents a BeatRequest.
         * @constructor
         * @param {lars.BeatRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const BeatRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * BeatRequest seq.
         * @member {number} seq
         * @memberof lars.BeatRequest
         * @instance
         */
        BeatRequest.prototype.seq = 0;

        /**
         * BeatRequest instance.
         * @member {Uint8Array} instance
         * @memberof lars.BeatRequest
         * @instance
         */
        BeatRequest.prototype.instance = $util.newBuffer([]);

        /**
         * BeatRequest not_ready.
         * @member {boolean} not_ready
         * @memberof lars.BeatRequest
         * @instance
         */
        BeatRequest.prototype.not_ready = false;

        /**
         * Encodes the specified BeatRequest message. Does not implicitly {@link lars.BeatRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.BeatRequest
         * @static
         * @param {lars.BeatRequest.$Properties} message BeatRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        BeatRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.instance);
            if (message.not_ready != null && $Object.hasOwnProperty.call(message, "not_ready") && message.not_ready !== false)
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.not_ready);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a BeatRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.BeatRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.BeatRequest & lars.BeatRequest.$Shape} BeatRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        BeatRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.BeatRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.not_ready = value;
                        else
                            delete message.not_ready;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BeatRequest;
    })();

    lars.BeatResponse = (function() {

        /**
         * Properties of a BeatResponse.
         * @typedef {Object} lars.BeatResponse.$Properties
         * @property {number|null} [seq] BeatResponse seq
         * @property {Uint8Array|null} [instance] BeatResponse instance
         * @property {number|null} [state] BeatResponse state
         * @property {string|null} [reason] BeatResponse reason
         * @property {number|null} [heartbeat_ms] BeatResponse heartbeat_ms
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a BeatResponse.
         * @memberof lars
         * @interface IBeatResponse
         * @augments lars.BeatResponse.$Properties
         * @deprecated Use lars.BeatResponse.$Properties instead.
         */

        /**
         * Shape of a BeatResponse.
         * @typedef {lars.BeatResponse.$Properties} lars.BeatResponse.$Shape
         */

        /**
         * Constructs a new BeatResponse.
         * @memberof lars
         * @classdesc Represents a BeatResponse.
         * @constructor
         * @param {lars.BeatResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const BeatResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * BeatResponse seq.
         * @member {number} seq
         * @memberof lars.BeatResponse
         * @instance
         */
        BeatResponse.prototype.seq = 0;

        /**
         * BeatResponse instance.
         * @member {Uint8Array} instance
         * @memberof lars.BeatResponse
         * @instance
         */
        BeatResponse.prototype.instance = $util.newBuffer([]);

        /**
         * BeatResponse state.
         * @member {number} state
         * @memberof lars.BeatResponse
         * @instance
         */
        BeatResponse.prototype.state = 0;

        /**
         * BeatResponse reason.
         * @member {string} reason
         * @memberof lars.BeatResponse
         * @instance
         */
        BeatResponse.prototype.reason = "";

        /**
         * BeatResponse heartbeat_ms.
         * @member {number} heartbeat_ms
         * @memberof lars.BeatResponse
         * @instance
         */
        BeatResponse.prototype.heartbeat_ms = 0;

        /**
         * Encodes the specified BeatResponse message. Does not implicitly {@link lars.BeatResponse.verify|verify} messages.
         * @function encode
         * @memberof lars.BeatResponse
         * @static
         * @param {lars.BeatResponse.$Properties} message BeatResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        BeatResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.instance);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.state);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.reason);
            if (message.heartbeat_ms != null && $Object.hasOwnProperty.call(message, "heartbeat_ms") && message.heartbeat_ms !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.heartbeat_ms);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a BeatResponse message from the specified reader or buffer.
         * @function decode
         * @memberof lars.BeatResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.BeatResponse & lars.BeatResponse.$Shape} BeatResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        BeatResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.BeatResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.heartbeat_ms = value;
                        else
                            delete message.heartbeat_ms;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BeatResponse;
    })();

    lars.DeregisterRequest = (function() {

        /**
         * Properties of a DeregisterRequest.
         * @typedef {Object} lars.DeregisterRequest.$Properties
         * @property {number|null} [seq] DeregisterRequest seq
         * @property {Uint8Array|null} [instance] DeregisterRequest instance
         * @property {number|null} [drain_ms] DeregisterRequest drain_ms
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a DeregisterRequest.
         * @memberof lars
         * @interface IDeregisterRequest
         * @augments lars.DeregisterRequest.$Properties
         * @deprecated Use lars.DeregisterRequest.$Properties instead.
         */

        /**
         * Shape of a DeregisterRequest.
         * @typedef {lars.DeregisterRequest.$Properties} lars.DeregisterRequest.$Shape
         */

        /**
         * Constructs a new DeregisterRequest.
         * @memberof lars
         * @classdesc Represents a DeregisterRequest.
         * @constructor
         * @param {lars.DeregisterRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const DeregisterRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * DeregisterRequest seq.
         * @member {number} seq
         * @memberof lars.DeregisterRequest
         * @instance
         */
        DeregisterRequest.prototype.seq = 0;

        /**
         * DeregisterRequest instance.
         * @member {Uint8Array} instance
         * @memberof lars.DeregisterRequest
         * @instance
         */
        DeregisterRequest.prototype.instance = $util.newBuffer([]);

        /**
         * DeregisterRequest drain_ms.
         * @member {number} drain_ms
         * @memberof lars.DeregisterRequest
         * @instance
         */
        DeregisterRequest.prototype.drain_ms = 0;

        /**
         * Encodes the specified DeregisterRequest message. Does not implicitly {@link lars.DeregisterRequest.verify|verify} messages.
         * @function encode
         * @memberof lars.DeregisterRequest
         * @static
         * @param {lars.DeregisterRequest.$Properties} message DeregisterRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        DeregisterRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.instance);
            if (message.drain_ms != null && $Object.hasOwnProperty.call(message, "drain_ms") && message.drain_ms !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.drain_ms);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a DeregisterRequest message from the specified reader or buffer.
         * @function decode
         * @memberof lars.DeregisterRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.DeregisterRequest & lars.DeregisterRequest.$Shape} DeregisterRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        DeregisterRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.DeregisterRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.drain_ms = value;
                        else
                            delete message.drain_ms;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DeregisterRequest;
    })();

    lars.DeregisterResponse = (function() {

        /**
         * Properties of a DeregisterResponse.
         * @typedef {Object} lars.DeregisterResponse.$Properties
         * @property {number|null} [seq] DeregisterResponse seq
         * @property {Uint8Array|null} [instance] DeregisterResponse instance
         * @property {boolean|null} [done] DeregisterResponse done
         * @property {number|null} [in_flight] DeregisterResponse in_flight
         * @property {number|null} [callers] DeregisterResponse callers
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a DeregisterResponse.
         * @memberof lars
         * @interface IDeregisterResponse
         * @augments lars.DeregisterResponse.$Properties
         * @deprecated Use lars.DeregisterResponse.$Properties instead.
         */

        /**
         * Shape of a DeregisterResponse.
         * @typedef {lars.DeregisterResponse.$Properties} lars.DeregisterResponse.$Shape
         */

        /**
         * Constructs a new DeregisterResponse.
         * @memberof lars
         * @classdesc Represents a DeregisterResponse.
         * @constructor
         * @param {lars.DeregisterResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const DeregisterResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * DeregisterResponse seq.
         * @member {number} seq
         * @memberof lars.DeregisterResponse
         * @instance
         */
        DeregisterResponse.prototype.seq = 0;

        /**
         * DeregisterResponse instance.
         * @member {Uint8Array} instance
         * @memberof lars.DeregisterResponse
         * @instance
         */
        DeregisterResponse.prototype.instance = $util.newBuffer([]);

        /**
         * DeregisterResponse done.
         * @member {boolean} done
         * @memberof lars.DeregisterResponse
         * @instance
         */
        DeregisterResponse.prototype.done = false;

        /**
         * DeregisterResponse in_flight.
         * @member {number} in_flight
         * @memberof lars.DeregisterResponse
         * @instance
         */
        DeregisterResponse.prototype.in_flight = 0;

        /**
         * DeregisterResponse callers.
         * @member {number} callers
         * @memberof lars.DeregisterResponse
         * @instance
         */
        DeregisterResponse.prototype.callers = 0;

        /**
         * Encodes the specified DeregisterResponse message. Does not implicitly {@link lars.DeregisterResponse.verify|verify} messages.
         * @function encode
         * @memberof lars.DeregisterResponse
         * @static
         * @param {lars.DeregisterResponse.$Properties} message DeregisterResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        DeregisterResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.instance);
            if (message.done != null && $Object.hasOwnProperty.call(message, "done") && message.done !== false)
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.done);
            if (message.in_flight != null && $Object.hasOwnProperty.call(message, "in_flight") && message.in_flight !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.in_flight);
            if (message.callers != null && $Object.hasOwnProperty.call(message, "callers") && message.callers !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.callers);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a DeregisterResponse message from the specified reader or buffer.
         * @function decode
         * @memberof lars.DeregisterResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.DeregisterResponse & lars.DeregisterResponse.$Shape} DeregisterResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        DeregisterResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.DeregisterResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.done = value;
                        else
                            delete message.done;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.in_flight = value;
                        else
                            delete message.in_flight;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.callers = value;
                        else
                            delete message.callers;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DeregisterResponse;
    })();

    lars.LeaseHost = (function() {

        /**
         * Properties of a LeaseHost.
         * @typedef {Object} lars.LeaseHost.$Properties
         * @property {number|null} [modid] LeaseHost modid
         * @property {number|null} [cmdid] LeaseHost cmdid
         * @property {number|null} [ip] LeaseHost ip
         * @property {number|null} [port] LeaseHost port
         * @property {number|null} [weight] LeaseHost weight
         * @property {string|null} [zone] LeaseHost zone
         * @property {string|null} [version] LeaseHost version
         * @property {boolean|null} [not_ready] LeaseHost not_ready
         * @property {boolean|null} [gone] LeaseHost gone
         * @property {number|null} [drain_ms] LeaseHost drain_ms
         * @property {boolean|null} [leaving] LeaseHost leaving
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LeaseHost.
         * @memberof lars
         * @interface ILeaseHost
         * @augments lars.LeaseHost.$Properties
         * @deprecated Use lars.LeaseHost.$Properties instead.
         */

        /**
         * Shape of a LeaseHost.
         * @typedef {lars.LeaseHost.$Properties} lars.LeaseHost.$Shape
         */

        /**
         * Constructs a new LeaseHost.
         * @memberof lars
         * @classdesc Represents a LeaseHost.
         * @constructor
         * @param {lars.LeaseHost.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LeaseHost = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LeaseHost modid.
         * @member {number} modid
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.modid = 0;

        /**
         * LeaseHost cmdid.
         * @member {number} cmdid
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.cmdid = 0;

        /**
         * LeaseHost ip.
         * @member {number} ip
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.ip = 0;

        /**
         * LeaseHost port.
         * @member {number} port
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.port = 0;

        /**
         * LeaseHost weight.
         * @member {number} weight
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.weight = 0;

        /**
         * LeaseHost zone.
         * @member {string} zone
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.zone = "";

        /**
         * LeaseHost version.
         * @member {string} version
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.version = "";

        /**
         * LeaseHost not_ready.
         * @member {boolean} not_ready
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.not_ready = false;

        /**
         * LeaseHost gone.
         * @member {boolean} gone
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.gone = false;

        /**
         * LeaseHost drain_ms.
         * @member {number} drain_ms
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.drain_ms = 0;

        /**
         * LeaseHost leaving.
         * @member {boolean} leaving
         * @memberof lars.LeaseHost
         * @instance
         */
        LeaseHost.prototype.leaving = false;

        /**
         * Encodes the specified LeaseHost message. Does not implicitly {@link lars.LeaseHost.verify|verify} messages.
         * @function encode
         * @memberof lars.LeaseHost
         * @static
         * @param {lars.LeaseHost.$Properties} message LeaseHost message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LeaseHost.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.port);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && message.weight !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.weight);
            if (message.zone != null && $Object.hasOwnProperty.call(message, "zone") && message.zone !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.zone);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.version);
            if (message.not_ready != null && $Object.hasOwnProperty.call(message, "not_ready") && message.not_ready !== false)
                writer.uint32(/* id 8, wireType 0 =*/64).bool(message.not_ready);
            if (message.gone != null && $Object.hasOwnProperty.call(message, "gone") && message.gone !== false)
                writer.uint32(/* id 9, wireType 0 =*/72).bool(message.gone);
            if (message.drain_ms != null && $Object.hasOwnProperty.call(message, "drain_ms") && message.drain_ms !== 0)
                writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.drain_ms);
            if (message.leaving != null && $Object.hasOwnProperty.call(message, "leaving") && message.leaving !== false)
                writer.uint32(/* id 11, wireType 0 =*/88).bool(message.leaving);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LeaseHost message from the specified reader or buffer.
         * @function decode
         * @memberof lars.LeaseHost
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.LeaseHost & lars.LeaseHost.$Shape} LeaseHost
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LeaseHost.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.LeaseHost();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.weight = value;
                        else
                            delete message.weight;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.zone = value;
                        else
                            delete message.zone;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.not_ready = value;
                        else
                            delete message.not_ready;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.gone = value;
                        else
                            delete message.gone;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.drain_ms = value;
                        else
                            delete message.drain_ms;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.leaving = value;
                        else
                            delete message.leaving;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LeaseHost;
    })();

    lars.LeaseSync = (function() {

        /**
         * Properties of a LeaseSync.
         * @typedef {Object} lars.LeaseSync.$Properties
         * @property {number|null} [renewal] LeaseSync renewal
         * @property {number|null} [ttl_ms] LeaseSync ttl_ms
         * @property {number|null} [hash] LeaseSync hash
         * @property {boolean|null} [all] LeaseSync all
         * @property {Array.<lars.LeaseHost.$Properties>|null} [instance] LeaseSync instance
         * @property {Uint8Array|null} [mac] LeaseSync mac
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LeaseSync.
         * @memberof lars
         * @interface ILeaseSync
         * @augments lars.LeaseSync.$Properties
         * @deprecated Use lars.LeaseSync.$Properties instead.
         */

        /**
         * Shape of a LeaseSync.
         * @typedef {lars.LeaseSync.$Properties} lars.LeaseSync.$Shape
         */

        /**
         * Constructs a new LeaseSync.
         * @memberof lars
         * @classdesc Represents a LeaseSync.
         * @constructor
         * @param {lars.LeaseSync.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LeaseSync = function (properties) {
            this.instance = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LeaseSync renewal.
         * @member {number} renewal
         * @memberof lars.LeaseSync
         * @instance
         */
        LeaseSync.prototype.renewal = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * LeaseSync ttl_ms.
         * @member {number} ttl_ms
         * @memberof lars.LeaseSync
         * @instance
         */
        LeaseSync.prototype.ttl_ms = 0;

        /**
         * LeaseSync hash.
         * @member {number} hash
         * @memberof lars.LeaseSync
         * @instance
         */
        LeaseSync.prototype.hash = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * LeaseSync all.
         * @member {boolean} all
         * @memberof lars.LeaseSync
         * @instance
         */
        LeaseSync.prototype.all = false;

        /**
         * LeaseSync instance.
         * @member {Array.<lars.LeaseHost.$Properties>} instance
         * @memberof lars.LeaseSync
         * @instance
         */
        LeaseSync.prototype.instance = $util.emptyArray;

        /**
         * LeaseSync mac.
         * @member {Uint8Array} mac
         * @memberof lars.LeaseSync
         * @instance
         */
        LeaseSync.prototype.mac = $util.newBuffer([]);

        /**
         * Encodes the specified LeaseSync message. Does not implicitly {@link lars.LeaseSync.verify|verify} messages.
         * @function encode
         * @memberof lars.LeaseSync
         * @static
         * @param {lars.LeaseSync.$Properties} message LeaseSync message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LeaseSync.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.renewal != null && $Object.hasOwnProperty.call(message, "renewal") && (typeof message.renewal === "object" ? message.renewal.low || message.renewal.high : message.renewal !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.renewal);
            if (message.ttl_ms != null && $Object.hasOwnProperty.call(message, "ttl_ms") && message.ttl_ms !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.ttl_ms);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && (typeof message.hash === "object" ? message.hash.low || message.hash.high : message.hash !== 0))
                writer.uint32(/* id 3, wireType 1 =*/25).fixed64(message.hash);
            if (message.all != null && $Object.hasOwnProperty.call(message, "all") && message.all !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.all);
            if (message.instance != null && message.instance.length)
                for (let i = 0; i < message.instance.length; ++i)
                    $root.lars.LeaseHost.encode(message.instance[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.mac != null && $Object.hasOwnProperty.call(message, "mac") && message.mac.length)
                writer.uint32(/* id 16, wireType 2 =*/130).bytes(message.mac);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LeaseSync message from the specified reader or buffer.
         * @function decode
         * @memberof lars.LeaseSync
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.LeaseSync & lars.LeaseSync.$Shape} LeaseSync
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LeaseSync.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.LeaseSync();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.renewal = value;
                        else
                            delete message.renewal;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ttl_ms = value;
                        else
                            delete message.ttl_ms;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.all = value;
                        else
                            delete message.all;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.instance && message.instance.length))
                            message.instance = [];
                        message.instance.push($root.lars.LeaseHost.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.mac = value;
                        else
                            delete message.mac;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LeaseSync;
    })();

    lars.LeaseOverride = (function() {

        /**
         * Properties of a LeaseOverride.
         * @typedef {Object} lars.LeaseOverride.$Properties
         * @property {number|null} [modid] LeaseOverride modid
         * @property {number|null} [cmdid] LeaseOverride cmdid
         * @property {number|null} [ip] LeaseOverride ip
         * @property {number|null} [port] LeaseOverride port
         * @property {string|null} [reason] LeaseOverride reason
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LeaseOverride.
         * @memberof lars
         * @interface ILeaseOverride
         * @augments lars.LeaseOverride.$Properties
         * @deprecated Use lars.LeaseOverride.$Properties instead.
         */

        /**
         * Shape of a LeaseOverride.
         * @typedef {lars.LeaseOverride.$Properties} lars.LeaseOverride.$Shape
         */

        /**
         * Constructs a new LeaseOverride.
         * @memberof lars
         * @classdesc Represents a LeaseOverride.
         * @constructor
         * @param {lars.LeaseOverride.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LeaseOverride = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LeaseOverride modid.
         * @member {number} modid
         * @memberof lars.LeaseOverride
         * @instance
         */
        LeaseOverride.prototype.modid = 0;

        /**
         * LeaseOverride cmdid.
         * @member {number} cmdid
         * @memberof lars.LeaseOverride
         * @instance
         */
        LeaseOverride.prototype.cmdid = 0;

        /**
         * LeaseOverride ip.
         * @member {number} ip
         * @memberof lars.LeaseOverride
         * @instance
         */
        LeaseOverride.prototype.ip = 0;

        /**
         * LeaseOverride port.
         * @member {number} port
         * @memberof lars.LeaseOverride
         * @instance
         */
        LeaseOverride.prototype.port = 0;

        /**
         * LeaseOverride reason.
         * @member {string} reason
         * @memberof lars.LeaseOverride
         * @instance
         */
        LeaseOverride.prototype.reason = "";

        /**
         * Encodes the specified LeaseOverride message. Does not implicitly {@link lars.LeaseOverride.verify|verify} messages.
         * @function encode
         * @memberof lars.LeaseOverride
         * @static
         * @param {lars.LeaseOverride.$Properties} message LeaseOverride message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LeaseOverride.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.port);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.reason);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LeaseOverride message from the specified reader or buffer.
         * @function decode
         * @memberof lars.LeaseOverride
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.LeaseOverride & lars.LeaseOverride.$Shape} LeaseOverride
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LeaseOverride.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.LeaseOverride();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LeaseOverride;
    })();

    lars.LeaseDrain = (function() {

        /**
         * Properties of a LeaseDrain.
         * @typedef {Object} lars.LeaseDrain.$Properties
         * @property {number|null} [modid] LeaseDrain modid
         * @property {number|null} [cmdid] LeaseDrain cmdid
         * @property {number|null} [ip] LeaseDrain ip
         * @property {number|null} [port] LeaseDrain port
         * @property {number|null} [callers] LeaseDrain callers
         * @property {number|null} [in_flight] LeaseDrain in_flight
         * @property {boolean|null} [done] LeaseDrain done
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LeaseDrain.
         * @memberof lars
         * @interface ILeaseDrain
         * @augments lars.LeaseDrain.$Properties
         * @deprecated Use lars.LeaseDrain.$Properties instead.
         */

        /**
         * Shape of a LeaseDrain.
         * @typedef {lars.LeaseDrain.$Properties} lars.LeaseDrain.$Shape
         */

        /**
         * Constructs a new LeaseDrain.
         * @memberof lars
         * @classdesc Represents a LeaseDrain.
         * @constructor
         * @param {lars.LeaseDrain.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LeaseDrain = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LeaseDrain modid.
         * @member {number} modid
         * @memberof lars.LeaseDrain
         * @instance
         */
        LeaseDrain.prototype.modid = 0;

        /**
         * LeaseDrain cmdid.
         * @member {number} cmdid
         * @memberof lars.LeaseDrain
         * @instance
         */
        LeaseDrain.prototype.cmdid = 0;

        /**
         * LeaseDrain ip.
         * @member {number} ip
         * @memberof lars.LeaseDrain
         * @instance
         */
        LeaseDrain.prototype.ip = 0;

        /**
         * LeaseDrain port.
         * @member {number} port
         * @memberof lars.LeaseDrain
         * @instance
         */
        LeaseDrain.prototype.port = 0;

        /**
         * LeaseDrain callers.
         * @member {number} callers
         * @memberof lars.LeaseDrain
         * @instance
         */
        LeaseDrain.prototype.callers = 0;

        /**
         * LeaseDrain in_flight.
         * @member {number} in_flight
         * @memberof lars.LeaseDrain
         * @instance
         */
        LeaseDrain.prototype.in_flight = 0;

        /**
         * LeaseDrain done.
         * @member {boolean} done
         * @memberof lars.LeaseDrain
         * @instance
         */
        LeaseDrain.prototype.done = false;

        /**
         * Encodes the specified LeaseDrain message. Does not implicitly {@link lars.LeaseDrain.verify|verify} messages.
         * @function encode
         * @memberof lars.LeaseDrain
         * @static
         * @param {lars.LeaseDrain.$Properties} message LeaseDrain message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LeaseDrain.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.port);
            if (message.callers != null && $Object.hasOwnProperty.call(message, "callers") && message.callers !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.callers);
            if (message.in_flight != null && $Object.hasOwnProperty.call(message, "in_flight") && message.in_flight !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.in_flight);
            if (message.done != null && $Object.hasOwnProperty.call(message, "done") && message.done !== false)
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.done);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LeaseDrain message from the specified reader or buffer.
         * @function decode
         * @memberof lars.LeaseDrain
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.LeaseDrain & lars.LeaseDrain.$Shape} LeaseDrain
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LeaseDrain.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.LeaseDrain();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.callers = value;
                        else
                            delete message.callers;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.in_flight = value;
                        else
                            delete message.in_flight;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.done = value;
                        else
                            delete message.done;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LeaseDrain;
    })();

    lars.LeaseAck = (function() {

        /**
         * Properties of a LeaseAck.
         * @typedef {Object} lars.LeaseAck.$Properties
         * @property {number|null} [renewal] LeaseAck renewal
         * @property {number|null} [hash] LeaseAck hash
         * @property {boolean|null} [all] LeaseAck all
         * @property {Array.<lars.LeaseOverride.$Properties>|null} [refused] LeaseAck refused
         * @property {Array.<lars.LeaseOverride.$Properties>|null} [drained] LeaseAck drained
         * @property {Array.<lars.LeaseDrain.$Properties>|null} [draining] LeaseAck draining
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LeaseAck.
         * @memberof lars
         * @interface ILeaseAck
         * @augments lars.LeaseAck.$Properties
         * @deprecated Use lars.LeaseAck.$Properties instead.
         */

        /**
         * Shape of a LeaseAck.
         * @typedef {lars.LeaseAck.$Properties} lars.LeaseAck.$Shape
         */

        /**
         * Constructs a new LeaseAck.
         * @memberof lars
         * @classdesc Represents a LeaseAck.
         * @constructor
         * @param {lars.LeaseAck.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LeaseAck = function (properties) {
            this.refused = [];
            this.drained = [];
            this.draining = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LeaseAck renewal.
         * @member {number} renewal
         * @memberof lars.LeaseAck
         * @instance
         */
        LeaseAck.prototype.renewal = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * LeaseAck hash.
         * @member {number} hash
         * @memberof lars.LeaseAck
         * @instance
         */
        LeaseAck.prototype.hash = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * LeaseAck all.
         * @member {boolean} all
         * @memberof lars.LeaseAck
         * @instance
         */
        LeaseAck.prototype.all = false;

        /**
         * LeaseAck refused.
         * @member {Array.<lars.LeaseOverride.$Properties>} refused
         * @memberof lars.LeaseAck
         * @instance
         */
        LeaseAck.prototype.refused = $util.emptyArray;

        /**
         * LeaseAck drained.
         * @member {Array.<lars.LeaseOverride.$Properties>} drained
         * @memberof lars.LeaseAck
         * @instance
         */
        LeaseAck.prototype.drained = $util.emptyArray;

        /**
         * LeaseAck draining.
         * @member {Array.<lars.LeaseDrain.$Properties>} draining
         * @memberof lars.LeaseAck
         * @instance
         */
        LeaseAck.prototype.draining = $util.emptyArray;

        /**
         * Encodes the specified LeaseAck message. Does not implicitly {@link lars.LeaseAck.verify|verify} messages.
         * @function encode
         * @memberof lars.LeaseAck
         * @static
         * @param {lars.LeaseAck.$Properties} message LeaseAck message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LeaseAck.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.renewal != null && $Object.hasOwnProperty.call(message, "renewal") && (typeof message.renewal === "object" ? message.renewal.low || message.renewal.high : message.renewal !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.renewal);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && (typeof message.hash === "object" ? message.hash.low || message.hash.high : message.hash !== 0))
                writer.uint32(/* id 2, wireType 1 =*/17).fixed64(message.hash);
            if (message.all != null && $Object.hasOwnProperty.call(message, "all") && message.all !== false)
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.all);
            if (message.refused != null && message.refused.length)
                for (let i = 0; i < message.refused.length; ++i)
                    $root.lars.LeaseOverride.encode(message.refused[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.drained != null && message.drained.length)
                for (let i = 0; i < message.drained.length; ++i)
                    $root.lars.LeaseOverride.encode(message.drained[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.draining != null && message.draining.length)
                for (let i = 0; i < message.draining.length; ++i)
                    $root.lars.LeaseDrain.encode(message.draining[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LeaseAck message from the specified reader or buffer.
         * @function decode
         * @memberof lars.LeaseAck
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.LeaseAck & lars.LeaseAck.$Shape} LeaseAck
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LeaseAck.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.LeaseAck();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.renewal = value;
                        else
                            delete message.renewal;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.all = value;
                        else
                            delete message.all;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.refused && message.refused.length))
                            message.refused = [];
                        message.refused.push($root.lars.LeaseOverride.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.drained && message.drained.length))
                            message.drained = [];
                        message.drained.push($root.lars.LeaseOverride.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.draining && message.draining.length))
                            message.draining = [];
                        message.draining.push($root.lars.LeaseDrain.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LeaseAck;
    })();

    lars.HostEvent = (function() {

        /**
         * Properties of a HostEvent.
         * @typedef {Object} lars.HostEvent.$Properties
         * @property {number|null} [modid] HostEvent modid
         * @property {number|null} [cmdid] HostEvent cmdid
         * @property {number|null} [ip] HostEvent ip
         * @property {number|null} [port] HostEvent port
         * @property {number|null} [kind] HostEvent kind
         * @property {number|null} [reason] HostEvent reason
         * @property {number|null} [age_ms] HostEvent age_ms
         * @property {number|null} [calls] HostEvent calls
         * @property {number|null} [failures] HostEvent failures
         * @property {number|null} [mean_us] HostEvent mean_us
         * @property {number|null} [peers_mean_us] HostEvent peers_mean_us
         * @property {string|null} [policy] HostEvent policy
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostEvent.
         * @memberof lars
         * @interface IHostEvent
         * @augments lars.HostEvent.$Properties
         * @deprecated Use lars.HostEvent.$Properties instead.
         */

        /**
         * Shape of a HostEvent.
         * @typedef {lars.HostEvent.$Properties} lars.HostEvent.$Shape
         */

        /**
         * Constructs a new HostEvent.
         * @memberof lars
         * @classdesc Represents a HostEvent.
         * @constructor
         * @param {lars.HostEvent.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostEvent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostEvent modid.
         * @member {number} modid
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.modid = 0;

        /**
         * HostEvent cmdid.
         * @member {number} cmdid
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.cmdid = 0;

        /**
         * HostEvent ip.
         * @member {number} ip
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.ip = 0;

        /**
         * HostEvent port.
         * @member {number} port
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.port = 0;

        /**
         * HostEvent kind.
         * @member {number} kind
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.kind = 0;

        /**
         * HostEvent reason.
         * @member {number} reason
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.reason = 0;

        /**
         * HostEvent age_ms.
         * @member {number} age_ms
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.age_ms = 0;

        /**
         * HostEvent calls.
         * @member {number} calls
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.calls = 0;

        /**
         * HostEvent failures.
         * @member {number} failures
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.failures = 0;

        /**
         * HostEvent mean_us.
         * @member {number} mean_us
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.mean_us = 0;

        /**
         * HostEvent peers_mean_us.
         * @member {number} peers_mean_us
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.peers_mean_us = 0;

        /**
         * HostEvent policy.
         * @member {string} policy
         * @memberof lars.HostEvent
         * @instance
         */
        HostEvent.prototype.policy = "";

        /**
         * Encodes the specified HostEvent message. Does not implicitly {@link lars.HostEvent.verify|verify} messages.
         * @function encode
         * @memberof lars.HostEvent
         * @static
         * @param {lars.HostEvent.$Properties} message HostEvent message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostEvent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.port);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.kind);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.reason);
            if (message.age_ms != null && $Object.hasOwnProperty.call(message, "age_ms") && message.age_ms !== 0)
                writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.age_ms);
            if (message.calls != null && $Object.hasOwnProperty.call(message, "calls") && message.calls !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.calls);
            if (message.failures != null && $Object.hasOwnProperty.call(message, "failures") && message.failures !== 0)
                writer.uint32(/* id 9, wireType 0 =*/72).uint32(message.failures);
            if (message.mean_us != null && $Object.hasOwnProperty.call(message, "mean_us") && message.mean_us !== 0)
                writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.mean_us);
            if (message.peers_mean_us != null && $Object.hasOwnProperty.call(message, "peers_mean_us") && message.peers_mean_us !== 0)
                writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.peers_mean_us);
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy") && message.policy !== "")
                writer.uint32(/* id 12, wireType 2 =*/98).string(message.policy);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostEvent message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostEvent
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostEvent & lars.HostEvent.$Shape} HostEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostEvent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostEvent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.age_ms = value;
                        else
                            delete message.age_ms;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.calls = value;
                        else
                            delete message.calls;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.failures = value;
                        else
                            delete message.failures;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.mean_us = value;
                        else
                            delete message.mean_us;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.peers_mean_us = value;
                        else
                            delete message.peers_mean_us;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.policy = value;
                        else
                            delete message.policy;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostEvent;
    })();

    lars.HostEvents = (function() {

        /**
         * Properties of a HostEvents.
         * @typedef {Object} lars.HostEvents.$Properties
         * @property {Array.<lars.HostEvent.$Properties>|null} [event] HostEvents event
         * @property {number|null} [dropped] HostEvents dropped
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostEvents.
         * @memberof lars
         * @interface IHostEvents
         * @augments lars.HostEvents.$Properties
         * @deprecated Use lars.HostEvents.$Properties instead.
         */

        /**
         * Shape of a HostEvents.
         * @typedef {lars.HostEvents.$Properties} lars.HostEvents.$Shape
         */

        /**
         * Constructs a new HostEvents.
         * @memberof lars
         * @classdesc Represents a HostEvents.
         * @constructor
         * @param {lars.HostEvents.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostEvents = function (properties) {
            this.event = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostEvents event.
         * @member {Array.<lars.HostEvent.$Properties>} event
         * @memberof lars.HostEvents
         * @instance
         */
        HostEvents.prototype.event = $util.emptyArray;

        /**
         * HostEvents dropped.
         * @member {number} dropped
         * @memberof lars.HostEvents
         * @instance
         */
        HostEvents.prototype.dropped = 0;

        /**
         * Encodes the specified HostEvents message. Does not implicitly {@link lars.HostEvents.verify|verify} messages.
         * @function encode
         * @memberof lars.HostEvents
         * @static
         * @param {lars.HostEvents.$Properties} message HostEvents message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostEvents.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.event != null && message.event.length)
                for (let i = 0; i < message.event.length; ++i)
                    $root.lars.HostEvent.encode(message.event[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.dropped != null && $Object.hasOwnProperty.call(message, "dropped") && message.dropped !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.dropped);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostEvents message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostEvents
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostEvents & lars.HostEvents.$Shape} HostEvents
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostEvents.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostEvents();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.event && message.event.length))
                            message.event = [];
                        message.event.push($root.lars.HostEvent.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.dropped = value;
                        else
                            delete message.dropped;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostEvents;
    })();

    lars.HostTotals = (function() {

        /**
         * Properties of a HostTotals.
         * @typedef {Object} lars.HostTotals.$Properties
         * @property {number|null} [ip] HostTotals ip
         * @property {number|null} [port] HostTotals port
         * @property {number|null} [calls] HostTotals calls
         * @property {number|null} [failures] HostTotals failures
         * @property {number|null} [duration_us] HostTotals duration_us
         * @property {number|null} [max_us] HostTotals max_us
         * @property {number|null} [timed] HostTotals timed
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostTotals.
         * @memberof lars
         * @interface IHostTotals
         * @augments lars.HostTotals.$Properties
         * @deprecated Use lars.HostTotals.$Properties instead.
         */

        /**
         * Shape of a HostTotals.
         * @typedef {lars.HostTotals.$Properties} lars.HostTotals.$Shape
         */

        /**
         * Constructs a new HostTotals.
         * @memberof lars
         * @classdesc Represents a HostTotals.
         * @constructor
         * @param {lars.HostTotals.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostTotals = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostTotals ip.
         * @member {number} ip
         * @memberof lars.HostTotals
         * @instance
         */
        HostTotals.prototype.ip = 0;

        /**
         * HostTotals port.
         * @member {number} port
         * @memberof lars.HostTotals
         * @instance
         */
        HostTotals.prototype.port = 0;

        /**
         * HostTotals calls.
         * @member {number} calls
         * @memberof lars.HostTotals
         * @instance
         */
        HostTotals.prototype.calls = 0;

        /**
         * HostTotals failures.
         * @member {number} failures
         * @memberof lars.HostTotals
         * @instance
         */
        HostTotals.prototype.failures = 0;

        /**
         * HostTotals duration_us.
         * @member {number} duration_us
         * @memberof lars.HostTotals
         * @instance
         */
        HostTotals.prototype.duration_us = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * HostTotals max_us.
         * @member {number} max_us
         * @memberof lars.HostTotals
         * @instance
         */
        HostTotals.prototype.max_us = 0;

        /**
         * HostTotals timed.
         * @member {number} timed
         * @memberof lars.HostTotals
         * @instance
         */
        HostTotals.prototype.timed = 0;

        /**
         * Encodes the specified HostTotals message. Does not implicitly {@link lars.HostTotals.verify|verify} messages.
         * @function encode
         * @memberof lars.HostTotals
         * @static
         * @param {lars.HostTotals.$Properties} message HostTotals message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostTotals.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.port);
            if (message.calls != null && $Object.hasOwnProperty.call(message, "calls") && message.calls !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.calls);
            if (message.failures != null && $Object.hasOwnProperty.call(message, "failures") && message.failures !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.failures);
            if (message.duration_us != null && $Object.hasOwnProperty.call(message, "duration_us") && (typeof message.duration_us === "object" ? message.duration_us.low || message.duration_us.high : message.duration_us !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.duration_us);
            if (message.max_us != null && $Object.hasOwnProperty.call(message, "max_us") && message.max_us !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.max_us);
            if (message.timed != null && $Object.hasOwnProperty.call(message, "timed") && message.timed !== 0)
                writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.timed);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostTotals message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostTotals
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostTotals & lars.HostTotals.$Shape} HostTotals
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostTotals.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostTotals();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.calls = value;
                        else
                            delete message.calls;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.failures = value;
                        else
                            delete message.failures;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.duration_us = value;
                        else
                            delete message.duration_us;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.max_us = value;
                        else
                            delete message.max_us;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.timed = value;
                        else
                            delete message.timed;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostTotals;
    })();

    lars.RouteTotals = (function() {

        /**
         * Properties of a RouteTotals.
         * @typedef {Object} lars.RouteTotals.$Properties
         * @property {number|null} [modid] RouteTotals modid
         * @property {number|null} [cmdid] RouteTotals cmdid
         * @property {Array.<number>|null} [latency] RouteTotals latency
         * @property {Array.<lars.HostTotals.$Properties>|null} [host] RouteTotals host
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RouteTotals.
         * @memberof lars
         * @interface IRouteTotals
         * @augments lars.RouteTotals.$Properties
         * @deprecated Use lars.RouteTotals.$Properties instead.
         */

        /**
         * Shape of a RouteTotals.
         * @typedef {lars.RouteTotals.$Properties} lars.RouteTotals.$Shape
         */

        /**
         * Constructs a new RouteTotals.
         * @memberof lars
         * @classdesc Represents a RouteTotals.
         * @constructor
         * @param {lars.RouteTotals.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RouteTotals = function (properties) {
            this.latency = [];
            this.host = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RouteTotals modid.
         * @member {number} modid
         * @memberof lars.RouteTotals
         * @instance
         */
        RouteTotals.prototype.modid = 0;

        /**
         * RouteTotals cmdid.
         * @member {number} cmdid
         * @memberof lars.RouteTotals
         * @instance
         */
        RouteTotals.prototype.cmdid = 0;

        /**
         * RouteTotals latency.
         * @member {Array.<number>} latency
         * @memberof lars.RouteTotals
         * @instance
         */
        RouteTotals.prototype.latency = $util.emptyArray;

        /**
         * RouteTotals host.
         * @member {Array.<lars.HostTotals.$Properties>} host
         * @memberof lars.RouteTotals
         * @instance
         */
        RouteTotals.prototype.host = $util.emptyArray;

        /**
         * Encodes the specified RouteTotals message. Does not implicitly {@link lars.RouteTotals.verify|verify} messages.
         * @function encode
         * @memberof lars.RouteTotals
         * @static
         * @param {lars.RouteTotals.$Properties} message RouteTotals message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RouteTotals.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.latency != null && message.latency.length)
                writer.uint32(/* id 3, wireType 2 =*/26).uint32s(message.latency);
            if (message.host != null && message.host.length)
                for (let i = 0; i < message.host.length; ++i)
                    $root.lars.HostTotals.encode(message.host[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RouteTotals message from the specified reader or buffer.
         * @function decode
         * @memberof lars.RouteTotals
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.RouteTotals & lars.RouteTotals.$Shape} RouteTotals
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RouteTotals.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.RouteTotals();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType === 2) {
                            if (!(message.latency && message.latency.length))
                                message.latency = [];
                            reader.uint32s(message.latency);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.latency && message.latency.length))
                            message.latency = [];
                        message.latency.push(reader.uint32());
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.host && message.host.length))
                            message.host = [];
                        message.host.push($root.lars.HostTotals.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RouteTotals;
    })();

    lars.CallTotals = (function() {

        /**
         * Properties of a CallTotals.
         * @typedef {Object} lars.CallTotals.$Properties
         * @property {number|null} [seq] CallTotals seq
         * @property {Array.<lars.RouteTotals.$Properties>|null} [route] CallTotals route
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CallTotals.
         * @memberof lars
         * @interface ICallTotals
         * @augments lars.CallTotals.$Properties
         * @deprecated Use lars.CallTotals.$Properties instead.
         */

        /**
         * Shape of a CallTotals.
         * @typedef {lars.CallTotals.$Properties} lars.CallTotals.$Shape
         */

        /**
         * Constructs a new CallTotals.
         * @memberof lars
         * @classdesc Represents a CallTotals.
         * @constructor
         * @param {lars.CallTotals.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CallTotals = function (properties) {
            this.route = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CallTotals seq.
         * @member {number} seq
         * @memberof lars.CallTotals
         * @instance
         */
        CallTotals.prototype.seq = 0;

        /**
         * CallTotals route.
         * @member {Array.<lars.RouteTotals.$Properties>} route
         * @memberof lars.CallTotals
         * @instance
         */
        CallTotals.prototype.route = $util.emptyArray;

        /**
         * Encodes the specified CallTotals message. Does not implicitly {@link lars.CallTotals.verify|verify} messages.
         * @function encode
         * @memberof lars.CallTotals
         * @static
         * @param {lars.CallTotals.$Properties} message CallTotals message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CallTotals.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.seq);
            if (message.route != null && message.route.length)
                for (let i = 0; i < message.route.length; ++i)
                    $root.lars.RouteTotals.encode(message.route[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CallTotals message from the specified reader or buffer.
         * @function decode
         * @memberof lars.CallTotals
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.CallTotals & lars.CallTotals.$Shape} CallTotals
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CallTotals.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.CallTotals();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.route && message.route.length))
                            message.route = [];
                        message.route.push($root.lars.RouteTotals.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CallTotals;
    })();

    lars.CallTotalsAck = (function() {

        /**
         * Properties of a CallTotalsAck.
         * @typedef {Object} lars.CallTotalsAck.$Properties
         * @property {number|null} [epoch] CallTotalsAck epoch
         * @property {number|null} [seq] CallTotalsAck seq
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CallTotalsAck.
         * @memberof lars
         * @interface ICallTotalsAck
         * @augments lars.CallTotalsAck.$Properties
         * @deprecated Use lars.CallTotalsAck.$Properties instead.
         */

        /**
         * Shape of a CallTotalsAck.
         * @typedef {lars.CallTotalsAck.$Properties} lars.CallTotalsAck.$Shape
         */

        /**
         * Constructs a new CallTotalsAck.
         * @memberof lars
         * @classdesc Represents a CallTotalsAck.
         * @constructor
         * @param {lars.CallTotalsAck.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CallTotalsAck = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CallTotalsAck epoch.
         * @member {number} epoch
         * @memberof lars.CallTotalsAck
         * @instance
         */
        CallTotalsAck.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * CallTotalsAck seq.
         * @member {number} seq
         * @memberof lars.CallTotalsAck
         * @instance
         */
        CallTotalsAck.prototype.seq = 0;

        /**
         * Encodes the specified CallTotalsAck message. Does not implicitly {@link lars.CallTotalsAck.verify|verify} messages.
         * @function encode
         * @memberof lars.CallTotalsAck
         * @static
         * @param {lars.CallTotalsAck.$Properties} message CallTotalsAck message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CallTotalsAck.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.epoch);
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && message.seq !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.seq);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CallTotalsAck message from the specified reader or buffer.
         * @function decode
         * @memberof lars.CallTotalsAck
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.CallTotalsAck & lars.CallTotalsAck.$Shape} CallTotalsAck
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CallTotalsAck.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.CallTotalsAck();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CallTotalsAck;
    })();

    lars.HostStateEntry = (function() {

        /**
         * Properties of a HostStateEntry.
         * @typedef {Object} lars.HostStateEntry.$Properties
         * @property {number|null} [modid] HostStateEntry modid
         * @property {number|null} [cmdid] HostStateEntry cmdid
         * @property {number|null} [ip] HostStateEntry ip
         * @property {number|null} [port] HostStateEntry port
         * @property {number|null} [state] HostStateEntry state
         * @property {number|null} [reason] HostStateEntry reason
         * @property {number|null} [age_ms] HostStateEntry age_ms
         * @property {number|null} [in_flight] HostStateEntry in_flight
         * @property {number|null} [next_try_ms] HostStateEntry next_try_ms
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostStateEntry.
         * @memberof lars
         * @interface IHostStateEntry
         * @augments lars.HostStateEntry.$Properties
         * @deprecated Use lars.HostStateEntry.$Properties instead.
         */

        /**
         * Shape of a HostStateEntry.
         * @typedef {lars.HostStateEntry.$Properties} lars.HostStateEntry.$Shape
         */

        /**
         * Constructs a new HostStateEntry.
         * @memberof lars
         * @classdesc Represents a HostStateEntry.
         * @constructor
         * @param {lars.HostStateEntry.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostStateEntry = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostStateEntry modid.
         * @member {number} modid
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.modid = 0;

        /**
         * HostStateEntry cmdid.
         * @member {number} cmdid
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.cmdid = 0;

        /**
         * HostStateEntry ip.
         * @member {number} ip
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.ip = 0;

        /**
         * HostStateEntry port.
         * @member {number} port
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.port = 0;

        /**
         * HostStateEntry state.
         * @member {number} state
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.state = 0;

        /**
         * HostStateEntry reason.
         * @member {number} reason
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.reason = 0;

        /**
         * HostStateEntry age_ms.
         * @member {number} age_ms
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.age_ms = 0;

        /**
         * HostStateEntry in_flight.
         * @member {number} in_flight
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.in_flight = 0;

        /**
         * HostStateEntry next_try_ms.
         * @member {number} next_try_ms
         * @memberof lars.HostStateEntry
         * @instance
         */
        HostStateEntry.prototype.next_try_ms = 0;

        /**
         * Encodes the specified HostStateEntry message. Does not implicitly {@link lars.HostStateEntry.verify|verify} messages.
         * @function encode
         * @memberof lars.HostStateEntry
         * @static
         * @param {lars.HostStateEntry.$Properties} message HostStateEntry message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostStateEntry.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.modid != null && $Object.hasOwnProperty.call(message, "modid") && message.modid !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.modid);
            if (message.cmdid != null && $Object.hasOwnProperty.call(message, "cmdid") && message.cmdid !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.cmdid);
            if (message.ip != null && $Object.hasOwnProperty.call(message, "ip") && message.ip !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).int32(message.ip);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.port);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.state);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.reason);
            if (message.age_ms != null && $Object.hasOwnProperty.call(message, "age_ms") && message.age_ms !== 0)
                writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.age_ms);
            if (message.in_flight != null && $Object.hasOwnProperty.call(message, "in_flight") && message.in_flight !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.in_flight);
            if (message.next_try_ms != null && $Object.hasOwnProperty.call(message, "next_try_ms") && message.next_try_ms !== 0)
                writer.uint32(/* id 9, wireType 0 =*/72).uint32(message.next_try_ms);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostStateEntry message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostStateEntry
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostStateEntry & lars.HostStateEntry.$Shape} HostStateEntry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostStateEntry.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostStateEntry();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modid = value;
                        else
                            delete message.modid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.cmdid = value;
                        else
                            delete message.cmdid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.ip = value;
                        else
                            delete message.ip;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.age_ms = value;
                        else
                            delete message.age_ms;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.in_flight = value;
                        else
                            delete message.in_flight;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.next_try_ms = value;
                        else
                            delete message.next_try_ms;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostStateEntry;
    })();

    lars.HostStates = (function() {

        /**
         * Properties of a HostStates.
         * @typedef {Object} lars.HostStates.$Properties
         * @property {boolean|null} [all] HostStates all
         * @property {Array.<lars.HostStateEntry.$Properties>|null} [host] HostStates host
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HostStates.
         * @memberof lars
         * @interface IHostStates
         * @augments lars.HostStates.$Properties
         * @deprecated Use lars.HostStates.$Properties instead.
         */

        /**
         * Shape of a HostStates.
         * @typedef {lars.HostStates.$Properties} lars.HostStates.$Shape
         */

        /**
         * Constructs a new HostStates.
         * @memberof lars
         * @classdesc Represents a HostStates.
         * @constructor
         * @param {lars.HostStates.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HostStates = function (properties) {
            this.host = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HostStates all.
         * @member {boolean} all
         * @memberof lars.HostStates
         * @instance
         */
        HostStates.prototype.all = false;

        /**
         * HostStates host.
         * @member {Array.<lars.HostStateEntry.$Properties>} host
         * @memberof lars.HostStates
         * @instance
         */
        HostStates.prototype.host = $util.emptyArray;

        /**
         * Encodes the specified HostStates message. Does not implicitly {@link lars.HostStates.verify|verify} messages.
         * @function encode
         * @memberof lars.HostStates
         * @static
         * @param {lars.HostStates.$Properties} message HostStates message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HostStates.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.all != null && $Object.hasOwnProperty.call(message, "all") && message.all !== false)
                writer.uint32(/* id 1, wireType 0 =*/8).bool(message.all);
            if (message.host != null && message.host.length)
                for (let i = 0; i < message.host.length; ++i)
                    $root.lars.HostStateEntry.encode(message.host[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HostStates message from the specified reader or buffer.
         * @function decode
         * @memberof lars.HostStates
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {lars.HostStates & lars.HostStates.$Shape} HostStates
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HostStates.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.lars.HostStates();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.all = value;
                        else
                            delete message.all;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.host && message.host.length))
                            message.host = [];
                        message.host.push($root.lars.HostStateEntry.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostStates;
    })();

    return lars;
})();

export {
  $root as default
};
