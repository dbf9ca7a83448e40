// Generated from lars.proto by "deno task generate": do not edit.
import * as $protobuf from "protobufjs";

/** Namespace lars. */
export namespace lars {

    /**
     * Properties of a HostInfo.
     * @deprecated Use lars.HostInfo.$Properties instead.
     */
    interface IHostInfo extends lars.HostInfo.$Properties {
    }

    /** Represents a HostInfo. */
    class HostInfo {

        /**
         * Constructs a new HostInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostInfo ip. */
        ip: number;

        /** HostInfo port. */
        port: number;

        /** HostInfo overload. */
        overload: boolean;

        /** HostInfo weight. */
        weight: number;

        /** HostInfo zone. */
        zone: string;

        /** HostInfo drained. */
        drained: boolean;

        /**
         * Encodes the specified HostInfo message. Does not implicitly {@link lars.HostInfo.verify|verify} messages.
         * @param message HostInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostInfo & lars.HostInfo.$Shape} HostInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostInfo & lars.HostInfo.$Shape;
    }

    /** Shapes of HostInfo. */
    namespace HostInfo {

        /** Properties of a HostInfo. */
        interface $Properties {

            /** HostInfo ip */
            ip?: (number|null);

            /** HostInfo port */
            port?: (number|null);

            /** HostInfo overload */
            overload?: (boolean|null);

            /** HostInfo weight */
            weight?: (number|null);

            /** HostInfo zone */
            zone?: (string|null);

            /** HostInfo drained */
            drained?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostInfo. */
        type $Shape = lars.HostInfo.$Properties;
    }

    /**
     * Properties of a GetRouteRequest.
     * @deprecated Use lars.GetRouteRequest.$Properties instead.
     */
    interface IGetRouteRequest extends lars.GetRouteRequest.$Properties {
    }

    /** Represents a GetRouteRequest. */
    class GetRouteRequest {

        /**
         * Constructs a new GetRouteRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.GetRouteRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetRouteRequest modid. */
        modid: number;

        /** GetRouteRequest cmdid. */
        cmdid: number;

        /** GetRouteRequest with_state. */
        with_state: boolean;

        /**
         * Encodes the specified GetRouteRequest message. Does not implicitly {@link lars.GetRouteRequest.verify|verify} messages.
         * @param message GetRouteRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.GetRouteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetRouteRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.GetRouteRequest & lars.GetRouteRequest.$Shape} GetRouteRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.GetRouteRequest & lars.GetRouteRequest.$Shape;
    }

    /** Shapes of GetRouteRequest. */
    namespace GetRouteRequest {

        /** Properties of a GetRouteRequest. */
        interface $Properties {

            /** GetRouteRequest modid */
            modid?: (number|null);

            /** GetRouteRequest cmdid */
            cmdid?: (number|null);

            /** GetRouteRequest with_state */
            with_state?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetRouteRequest. */
        type $Shape = lars.GetRouteRequest.$Properties;
    }

    /**
     * Properties of a GetRouteResponse.
     * @deprecated Use lars.GetRouteResponse.$Properties instead.
     */
    interface IGetRouteResponse extends lars.GetRouteResponse.$Properties {
    }

    /** Represents a GetRouteResponse. */
    class GetRouteResponse {

        /**
         * Constructs a new GetRouteResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.GetRouteResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetRouteResponse modid. */
        modid: number;

        /** GetRouteResponse cmdid. */
        cmdid: number;

        /** GetRouteResponse host. */
        host: lars.HostInfo.$Properties[];

        /** GetRouteResponse policy. */
        policy: string;

        /** GetRouteResponse check. */
        check: number;

        /** GetRouteResponse named. */
        named: boolean;

        /**
         * Encodes the specified GetRouteResponse message. Does not implicitly {@link lars.GetRouteResponse.verify|verify} messages.
         * @param message GetRouteResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.GetRouteResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetRouteResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.GetRouteResponse & lars.GetRouteResponse.$Shape} GetRouteResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.GetRouteResponse & lars.GetRouteResponse.$Shape;
    }

    /** Shapes of GetRouteResponse. */
    namespace GetRouteResponse {

        /** Properties of a GetRouteResponse. */
        interface $Properties {

            /** GetRouteResponse modid */
            modid?: (number|null);

            /** GetRouteResponse cmdid */
            cmdid?: (number|null);

            /** GetRouteResponse host */
            host?: (lars.HostInfo.$Properties[]|null);

            /** GetRouteResponse policy */
            policy?: (string|null);

            /** GetRouteResponse check */
            check?: (number|null);

            /** GetRouteResponse named */
            named?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetRouteResponse. */
        type $Shape = lars.GetRouteResponse.$Properties;
    }

    /**
     * Properties of a HostCallResult.
     * @deprecated Use lars.HostCallResult.$Properties instead.
     */
    interface IHostCallResult extends lars.HostCallResult.$Properties {
    }

    /** Represents a HostCallResult. */
    class HostCallResult {

        /**
         * Constructs a new HostCallResult.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostCallResult.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostCallResult ip. */
        ip: number;

        /** HostCallResult port. */
        port: number;

        /** HostCallResult succ. */
        succ: number;

        /** HostCallResult err. */
        err: number;

        /** HostCallResult overload. */
        overload: boolean;

        /**
         * Encodes the specified HostCallResult message. Does not implicitly {@link lars.HostCallResult.verify|verify} messages.
         * @param message HostCallResult message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostCallResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostCallResult message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostCallResult & lars.HostCallResult.$Shape} HostCallResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostCallResult & lars.HostCallResult.$Shape;
    }

    /** Shapes of HostCallResult. */
    namespace HostCallResult {

        /** Properties of a HostCallResult. */
        interface $Properties {

            /** HostCallResult ip */
            ip?: (number|null);

            /** HostCallResult port */
            port?: (number|null);

            /** HostCallResult succ */
            succ?: (number|null);

            /** HostCallResult err */
            err?: (number|null);

            /** HostCallResult overload */
            overload?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostCallResult. */
        type $Shape = lars.HostCallResult.$Properties;
    }

    /**
     * Properties of a ReportStatusRequest.
     * @deprecated Use lars.ReportStatusRequest.$Properties instead.
     */
    interface IReportStatusRequest extends lars.ReportStatusRequest.$Properties {
    }

    /** Represents a ReportStatusRequest. */
    class ReportStatusRequest {

        /**
         * Constructs a new ReportStatusRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.ReportStatusRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ReportStatusRequest modid. */
        modid: number;

        /** ReportStatusRequest cmdid. */
        cmdid: number;

        /** ReportStatusRequest caller. */
        caller: number;

        /** ReportStatusRequest results. */
        results: lars.HostCallResult.$Properties[];

        /** ReportStatusRequest ts. */
        ts: number;

        /** ReportStatusRequest agent_id. */
        agent_id: Uint8Array;

        /**
         * Encodes the specified ReportStatusRequest message. Does not implicitly {@link lars.ReportStatusRequest.verify|verify} messages.
         * @param message ReportStatusRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.ReportStatusRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ReportStatusRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.ReportStatusRequest & lars.ReportStatusRequest.$Shape} ReportStatusRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.ReportStatusRequest & lars.ReportStatusRequest.$Shape;
    }

    /** Shapes of ReportStatusRequest. */
    namespace ReportStatusRequest {

        /** Properties of a ReportStatusRequest. */
        interface $Properties {

            /** ReportStatusRequest modid */
            modid?: (number|null);

            /** ReportStatusRequest cmdid */
            cmdid?: (number|null);

            /** ReportStatusRequest caller */
            caller?: (number|null);

            /** ReportStatusRequest results */
            results?: (lars.HostCallResult.$Properties[]|null);

            /** ReportStatusRequest ts */
            ts?: (number|null);

            /** ReportStatusRequest agent_id */
            agent_id?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ReportStatusRequest. */
        type $Shape = lars.ReportStatusRequest.$Properties;
    }

    /**
     * Properties of a CallResult.
     * @deprecated Use lars.CallResult.$Properties instead.
     */
    interface ICallResult extends lars.CallResult.$Properties {
    }

    /** Represents a CallResult. */
    class CallResult {

        /**
         * Constructs a new CallResult.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.CallResult.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CallResult host. */
        host?: (lars.HostInfo.$Properties|null);

        /** CallResult retcode. */
        retcode: number;

        /** CallResult duration_us. */
        duration_us: number;

        /** CallResult unused. */
        unused: boolean;

        /**
         * Encodes the specified CallResult message. Does not implicitly {@link lars.CallResult.verify|verify} messages.
         * @param message CallResult message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.CallResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CallResult message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.CallResult & lars.CallResult.$Shape} CallResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.CallResult & lars.CallResult.$Shape;
    }

    /** Shapes of CallResult. */
    namespace CallResult {

        /** Properties of a CallResult. */
        interface $Properties {

            /** CallResult host */
            host?: (lars.HostInfo.$Properties|null);

            /** CallResult retcode */
            retcode?: (number|null);

            /** CallResult duration_us */
            duration_us?: (number|null);

            /** CallResult unused */
            unused?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CallResult. */
        type $Shape = lars.CallResult.$Properties;
    }

    /**
     * Properties of a GetHostRequest.
     * @deprecated Use lars.GetHostRequest.$Properties instead.
     */
    interface IGetHostRequest extends lars.GetHostRequest.$Properties {
    }

    /** Represents a GetHostRequest. */
    class GetHostRequest {

        /**
         * Constructs a new GetHostRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.GetHostRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetHostRequest seq. */
        seq: number;

        /** GetHostRequest modid. */
        modid: number;

        /** GetHostRequest cmdid. */
        cmdid: number;

        /** GetHostRequest count. */
        count: number;

        /** GetHostRequest results. */
        results: lars.CallResult.$Properties[];

        /**
         * Encodes the specified GetHostRequest message. Does not implicitly {@link lars.GetHostRequest.verify|verify} messages.
         * @param message GetHostRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.GetHostRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetHostRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.GetHostRequest & lars.GetHostRequest.$Shape} GetHostRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.GetHostRequest & lars.GetHostRequest.$Shape;
    }

    /** Shapes of GetHostRequest. */
    namespace GetHostRequest {

        /** Properties of a GetHostRequest. */
        interface $Properties {

            /** GetHostRequest seq */
            seq?: (number|null);

            /** GetHostRequest modid */
            modid?: (number|null);

            /** GetHostRequest cmdid */
            cmdid?: (number|null);

            /** GetHostRequest count */
            count?: (number|null);

            /** GetHostRequest results */
            results?: (lars.CallResult.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetHostRequest. */
        type $Shape = lars.GetHostRequest.$Properties;
    }

    /**
     * Properties of a GetHostResponse.
     * @deprecated Use lars.GetHostResponse.$Properties instead.
     */
    interface IGetHostResponse extends lars.GetHostResponse.$Properties {
    }

    /** Represents a GetHostResponse. */
    class GetHostResponse {

        /**
         * Constructs a new GetHostResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.GetHostResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetHostResponse seq. */
        seq: number;

        /** GetHostResponse modid. */
        modid: number;

        /** GetHostResponse cmdid. */
        cmdid: number;

        /** GetHostResponse retcode. */
        retcode: number;

        /** GetHostResponse host. */
        host?: (lars.HostInfo.$Properties|null);

        /** GetHostResponse more. */
        more: lars.HostInfo.$Properties[];

        /** GetHostResponse use_ms. */
        use_ms: number;

        /**
         * Encodes the specified GetHostResponse message. Does not implicitly {@link lars.GetHostResponse.verify|verify} messages.
         * @param message GetHostResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.GetHostResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetHostResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.GetHostResponse & lars.GetHostResponse.$Shape} GetHostResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.GetHostResponse & lars.GetHostResponse.$Shape;
    }

    /** Shapes of GetHostResponse. */
    namespace GetHostResponse {

        /** Properties of a GetHostResponse. */
        interface $Properties {

            /** GetHostResponse seq */
            seq?: (number|null);

            /** GetHostResponse modid */
            modid?: (number|null);

            /** GetHostResponse cmdid */
            cmdid?: (number|null);

            /** GetHostResponse retcode */
            retcode?: (number|null);

            /** GetHostResponse host */
            host?: (lars.HostInfo.$Properties|null);

            /** GetHostResponse more */
            more?: (lars.HostInfo.$Properties[]|null);

            /** GetHostResponse use_ms */
            use_ms?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetHostResponse. */
        type $Shape = lars.GetHostResponse.$Properties;
    }

    /**
     * Properties of a ReportRequest.
     * @deprecated Use lars.ReportRequest.$Properties instead.
     */
    interface IReportRequest extends lars.ReportRequest.$Properties {
    }

    /** Represents a ReportRequest. */
    class ReportRequest {

        /**
         * Constructs a new ReportRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.ReportRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ReportRequest modid. */
        modid: number;

        /** ReportRequest cmdid. */
        cmdid: number;

        /** ReportRequest host. */
        host?: (lars.HostInfo.$Properties|null);

        /** ReportRequest retcode. */
        retcode: number;

        /** ReportRequest duration_us. */
        duration_us: number;

        /** ReportRequest more. */
        more: lars.CallResult.$Properties[];

        /**
         * Encodes the specified ReportRequest message. Does not implicitly {@link lars.ReportRequest.verify|verify} messages.
         * @param message ReportRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.ReportRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ReportRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.ReportRequest & lars.ReportRequest.$Shape} ReportRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.ReportRequest & lars.ReportRequest.$Shape;
    }

    /** Shapes of ReportRequest. */
    namespace ReportRequest {

        /** Properties of a ReportRequest. */
        interface $Properties {

            /** ReportRequest modid */
            modid?: (number|null);

            /** ReportRequest cmdid */
            cmdid?: (number|null);

            /** ReportRequest host */
            host?: (lars.HostInfo.$Properties|null);

            /** ReportRequest retcode */
            retcode?: (number|null);

            /** ReportRequest duration_us */
            duration_us?: (number|null);

            /** ReportRequest more */
            more?: (lars.CallResult.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ReportRequest. */
        type $Shape = lars.ReportRequest.$Properties;
    }

    /**
     * Properties of an ExplainRequest.
     * @deprecated Use lars.ExplainRequest.$Properties instead.
     */
    interface IExplainRequest extends lars.ExplainRequest.$Properties {
    }

    /** Represents an ExplainRequest. */
    class ExplainRequest {

        /**
         * Constructs a new ExplainRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.ExplainRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ExplainRequest seq. */
        seq: number;

        /** ExplainRequest modid. */
        modid: number;

        /** ExplainRequest cmdid. */
        cmdid: number;

        /** ExplainRequest after_decision. */
        after_decision: number;

        /** ExplainRequest after_call. */
        after_call: number;

        /** ExplainRequest with_calls. */
        with_calls: boolean;

        /** ExplainRequest after_host. */
        after_host: number;

        /**
         * Encodes the specified ExplainRequest message. Does not implicitly {@link lars.ExplainRequest.verify|verify} messages.
         * @param message ExplainRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.ExplainRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ExplainRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.ExplainRequest & lars.ExplainRequest.$Shape} ExplainRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.ExplainRequest & lars.ExplainRequest.$Shape;
    }

    /** Shapes of ExplainRequest. */
    namespace ExplainRequest {

        /** Properties of an ExplainRequest. */
        interface $Properties {

            /** ExplainRequest seq */
            seq?: (number|null);

            /** ExplainRequest modid */
            modid?: (number|null);

            /** ExplainRequest cmdid */
            cmdid?: (number|null);

            /** ExplainRequest after_decision */
            after_decision?: (number|null);

            /** ExplainRequest after_call */
            after_call?: (number|null);

            /** ExplainRequest with_calls */
            with_calls?: (boolean|null);

            /** ExplainRequest after_host */
            after_host?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ExplainRequest. */
        type $Shape = lars.ExplainRequest.$Properties;
    }

    /**
     * Properties of a HostExplanation.
     * @deprecated Use lars.HostExplanation.$Properties instead.
     */
    interface IHostExplanation extends lars.HostExplanation.$Properties {
    }

    /** Represents a HostExplanation. */
    class HostExplanation {

        /**
         * Constructs a new HostExplanation.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostExplanation.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostExplanation host. */
        host?: (lars.HostInfo.$Properties|null);

        /** HostExplanation succ. */
        succ: number;

        /** HostExplanation err. */
        err: number;

        /** HostExplanation overload. */
        overload: boolean;

        /** HostExplanation reason. */
        reason: string;

        /**
         * Encodes the specified HostExplanation message. Does not implicitly {@link lars.HostExplanation.verify|verify} messages.
         * @param message HostExplanation message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostExplanation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostExplanation message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostExplanation & lars.HostExplanation.$Shape} HostExplanation
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostExplanation & lars.HostExplanation.$Shape;
    }

    /** Shapes of HostExplanation. */
    namespace HostExplanation {

        /** Properties of a HostExplanation. */
        interface $Properties {

            /** HostExplanation host */
            host?: (lars.HostInfo.$Properties|null);

            /** HostExplanation succ */
            succ?: (number|null);

            /** HostExplanation err */
            err?: (number|null);

            /** HostExplanation overload */
            overload?: (boolean|null);

            /** HostExplanation reason */
            reason?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostExplanation. */
        type $Shape = lars.HostExplanation.$Properties;
    }

    /**
     * Properties of a Decision.
     * @deprecated Use lars.Decision.$Properties instead.
     */
    interface IDecision extends lars.Decision.$Properties {
    }

    /** Represents a Decision. */
    class Decision {

        /**
         * Constructs a new Decision.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.Decision.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Decision number. */
        number: number;

        /** Decision age_ms. */
        age_ms: number;

        /** Decision host. */
        host?: (lars.HostInfo.$Properties|null);

        /** Decision text. */
        text: string;

        /**
         * Encodes the specified Decision message. Does not implicitly {@link lars.Decision.verify|verify} messages.
         * @param message Decision message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.Decision.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Decision message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.Decision & lars.Decision.$Shape} Decision
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.Decision & lars.Decision.$Shape;
    }

    /** Shapes of Decision. */
    namespace Decision {

        /** Properties of a Decision. */
        interface $Properties {

            /** Decision number */
            number?: (number|null);

            /** Decision age_ms */
            age_ms?: (number|null);

            /** Decision host */
            host?: (lars.HostInfo.$Properties|null);

            /** Decision text */
            text?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Decision. */
        type $Shape = lars.Decision.$Properties;
    }

    /**
     * Properties of a RecordedCall.
     * @deprecated Use lars.RecordedCall.$Properties instead.
     */
    interface IRecordedCall extends lars.RecordedCall.$Properties {
    }

    /** Represents a RecordedCall. */
    class RecordedCall {

        /**
         * Constructs a new RecordedCall.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.RecordedCall.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RecordedCall number. */
        number: number;

        /** RecordedCall age_ms. */
        age_ms: number;

        /** RecordedCall host. */
        host?: (lars.HostInfo.$Properties|null);

        /** RecordedCall report. */
        report: boolean;

        /** RecordedCall retcode. */
        retcode: number;

        /** RecordedCall duration_us. */
        duration_us: number;

        /** RecordedCall unused. */
        unused: boolean;

        /**
         * Encodes the specified RecordedCall message. Does not implicitly {@link lars.RecordedCall.verify|verify} messages.
         * @param message RecordedCall message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.RecordedCall.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RecordedCall message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.RecordedCall & lars.RecordedCall.$Shape} RecordedCall
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.RecordedCall & lars.RecordedCall.$Shape;
    }

    /** Shapes of RecordedCall. */
    namespace RecordedCall {

        /** Properties of a RecordedCall. */
        interface $Properties {

            /** RecordedCall number */
            number?: (number|null);

            /** RecordedCall age_ms */
            age_ms?: (number|null);

            /** RecordedCall host */
            host?: (lars.HostInfo.$Properties|null);

            /** RecordedCall report */
            report?: (boolean|null);

            /** RecordedCall retcode */
            retcode?: (number|null);

            /** RecordedCall duration_us */
            duration_us?: (number|null);

            /** RecordedCall unused */
            unused?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RecordedCall. */
        type $Shape = lars.RecordedCall.$Properties;
    }

    /**
     * Properties of an ExplainResponse.
     * @deprecated Use lars.ExplainResponse.$Properties instead.
     */
    interface IExplainResponse extends lars.ExplainResponse.$Properties {
    }

    /** Represents an ExplainResponse. */
    class ExplainResponse {

        /**
         * Constructs a new ExplainResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.ExplainResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ExplainResponse seq. */
        seq: number;

        /** ExplainResponse modid. */
        modid: number;

        /** ExplainResponse cmdid. */
        cmdid: number;

        /** ExplainResponse policy. */
        policy: string;

        /** ExplainResponse host. */
        host: lars.HostExplanation.$Properties[];

        /** ExplainResponse decision. */
        decision: lars.Decision.$Properties[];

        /** ExplainResponse call. */
        call: lars.RecordedCall.$Properties[];

        /** ExplainResponse host_count. */
        host_count: number;

        /** ExplainResponse note. */
        note: string[];

        /**
         * Encodes the specified ExplainResponse message. Does not implicitly {@link lars.ExplainResponse.verify|verify} messages.
         * @param message ExplainResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.ExplainResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ExplainResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.ExplainResponse & lars.ExplainResponse.$Shape} ExplainResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.ExplainResponse & lars.ExplainResponse.$Shape;
    }

    /** Shapes of ExplainResponse. */
    namespace ExplainResponse {

        /** Properties of an ExplainResponse. */
        interface $Properties {

            /** ExplainResponse seq */
            seq?: (number|null);

            /** ExplainResponse modid */
            modid?: (number|null);

            /** ExplainResponse cmdid */
            cmdid?: (number|null);

            /** ExplainResponse policy */
            policy?: (string|null);

            /** ExplainResponse host */
            host?: (lars.HostExplanation.$Properties[]|null);

            /** ExplainResponse decision */
            decision?: (lars.Decision.$Properties[]|null);

            /** ExplainResponse call */
            call?: (lars.RecordedCall.$Properties[]|null);

            /** ExplainResponse host_count */
            host_count?: (number|null);

            /** ExplainResponse note */
            note?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ExplainResponse. */
        type $Shape = lars.ExplainResponse.$Properties;
    }

    /**
     * Properties of a Hello.
     * @deprecated Use lars.Hello.$Properties instead.
     */
    interface IHello extends lars.Hello.$Properties {
    }

    /** Represents a Hello. */
    class Hello {

        /**
         * Constructs a new Hello.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.Hello.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Hello agent_id. */
        agent_id: Uint8Array;

        /** Hello epoch. */
        epoch: number;

        /** Hello name. */
        name: string;

        /** Hello version. */
        version: string;

        /** Hello zone. */
        zone: string;

        /** Hello metrics_port. */
        metrics_port: number;

        /**
         * Encodes the specified Hello message. Does not implicitly {@link lars.Hello.verify|verify} messages.
         * @param message Hello message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Hello message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.Hello & lars.Hello.$Shape} Hello
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.Hello & lars.Hello.$Shape;
    }

    /** Shapes of Hello. */
    namespace Hello {

        /** Properties of a Hello. */
        interface $Properties {

            /** Hello agent_id */
            agent_id?: (Uint8Array|null);

            /** Hello epoch */
            epoch?: (number|null);

            /** Hello name */
            name?: (string|null);

            /** Hello version */
            version?: (string|null);

            /** Hello zone */
            zone?: (string|null);

            /** Hello metrics_port */
            metrics_port?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Hello. */
        type $Shape = lars.Hello.$Properties;
    }

    /**
     * Properties of a HelloAck.
     * @deprecated Use lars.HelloAck.$Properties instead.
     */
    interface IHelloAck extends lars.HelloAck.$Properties {
    }

    /** Represents a HelloAck. */
    class HelloAck {

        /**
         * Constructs a new HelloAck.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HelloAck.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HelloAck version. */
        version: string;

        /** HelloAck features. */
        features: number;

        /** HelloAck store. */
        store: Uint8Array;

        /** HelloAck accepted. */
        accepted: number;

        /** HelloAck held. */
        held: number;

        /** HelloAck nonce. */
        nonce: Uint8Array;

        /**
         * Encodes the specified HelloAck message. Does not implicitly {@link lars.HelloAck.verify|verify} messages.
         * @param message HelloAck message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HelloAck.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HelloAck message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HelloAck & lars.HelloAck.$Shape} HelloAck
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HelloAck & lars.HelloAck.$Shape;
    }

    /** Shapes of HelloAck. */
    namespace HelloAck {

        /** Properties of a HelloAck. */
        interface $Properties {

            /** HelloAck version */
            version?: (string|null);

            /** HelloAck features */
            features?: (number|null);

            /** HelloAck store */
            store?: (Uint8Array|null);

            /** HelloAck accepted */
            accepted?: (number|null);

            /** HelloAck held */
            held?: (number|null);

            /** HelloAck nonce */
            nonce?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HelloAck. */
        type $Shape = lars.HelloAck.$Properties;
    }

    /**
     * Properties of a RouteKey.
     * @deprecated Use lars.RouteKey.$Properties instead.
     */
    interface IRouteKey extends lars.RouteKey.$Properties {
    }

    /** Represents a RouteKey. */
    class RouteKey {

        /**
         * Constructs a new RouteKey.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.RouteKey.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RouteKey modid. */
        modid: number;

        /** RouteKey cmdid. */
        cmdid: number;

        /**
         * Encodes the specified RouteKey message. Does not implicitly {@link lars.RouteKey.verify|verify} messages.
         * @param message RouteKey message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.RouteKey.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RouteKey message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.RouteKey & lars.RouteKey.$Shape} RouteKey
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.RouteKey & lars.RouteKey.$Shape;
    }

    /** Shapes of RouteKey. */
    namespace RouteKey {

        /** Properties of a RouteKey. */
        interface $Properties {

            /** RouteKey modid */
            modid?: (number|null);

            /** RouteKey cmdid */
            cmdid?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RouteKey. */
        type $Shape = lars.RouteKey.$Properties;
    }

    /**
     * Properties of a RegisterRequest.
     * @deprecated Use lars.RegisterRequest.$Properties instead.
     */
    interface IRegisterRequest extends lars.RegisterRequest.$Properties {
    }

    /** Represents a RegisterRequest. */
    class RegisterRequest {

        /**
         * Constructs a new RegisterRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.RegisterRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RegisterRequest seq. */
        seq: number;

        /** RegisterRequest instance. */
        instance: Uint8Array;

        /** RegisterRequest route. */
        route: lars.RouteKey.$Properties[];

        /** RegisterRequest port. */
        port: number;

        /** RegisterRequest ip. */
        ip: number;

        /** RegisterRequest weight. */
        weight: number;

        /** RegisterRequest zone. */
        zone: string;

        /** RegisterRequest ttl_ms. */
        ttl_ms: number;

        /** RegisterRequest check. */
        check: number;

        /** RegisterRequest path. */
        path: string;

        /** RegisterRequest pid. */
        pid: number;

        /** RegisterRequest drain_ms. */
        drain_ms: number;

        /** RegisterRequest version. */
        version: string;

        /** RegisterRequest tags. */
        tags: string[];

        /** RegisterRequest not_ready. */
        not_ready: boolean;

        /**
         * Encodes the specified RegisterRequest message. Does not implicitly {@link lars.RegisterRequest.verify|verify} messages.
         * @param message RegisterRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.RegisterRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RegisterRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.RegisterRequest & lars.RegisterRequest.$Shape} RegisterRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.RegisterRequest & lars.RegisterRequest.$Shape;
    }

    /** Shapes of RegisterRequest. */
    namespace RegisterRequest {

        /** Properties of a RegisterRequest. */
        interface $Properties {

            /** RegisterRequest seq */
            seq?: (number|null);

            /** RegisterRequest instance */
            instance?: (Uint8Array|null);

            /** RegisterRequest route */
            route?: (lars.RouteKey.$Properties[]|null);

            /** RegisterRequest port */
            port?: (number|null);

            /** RegisterRequest ip */
            ip?: (number|null);

            /** RegisterRequest weight */
            weight?: (number|null);

            /** RegisterRequest zone */
            zone?: (string|null);

            /** RegisterRequest ttl_ms */
            ttl_ms?: (number|null);

            /** RegisterRequest check */
            check?: (number|null);

            /** RegisterRequest path */
            path?: (string|null);

            /** RegisterRequest pid */
            pid?: (number|null);

            /** RegisterRequest drain_ms */
            drain_ms?: (number|null);

            /** RegisterRequest version */
            version?: (string|null);

            /** RegisterRequest tags */
            tags?: (string[]|null);

            /** RegisterRequest not_ready */
            not_ready?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RegisterRequest. */
        type $Shape = lars.RegisterRequest.$Properties;
    }

    /**
     * Properties of a RegisterResponse.
     * @deprecated Use lars.RegisterResponse.$Properties instead.
     */
    interface IRegisterResponse extends lars.RegisterResponse.$Properties {
    }

    /** Represents a RegisterResponse. */
    class RegisterResponse {

        /**
         * Constructs a new RegisterResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.RegisterResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RegisterResponse seq. */
        seq: number;

        /** RegisterResponse instance. */
        instance: Uint8Array;

        /** RegisterResponse state. */
        state: number;

        /** RegisterResponse reason. */
        reason: string;

        /** RegisterResponse heartbeat_ms. */
        heartbeat_ms: number;

        /**
         * Encodes the specified RegisterResponse message. Does not implicitly {@link lars.RegisterResponse.verify|verify} messages.
         * @param message RegisterResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.RegisterResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RegisterResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.RegisterResponse & lars.RegisterResponse.$Shape} RegisterResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.RegisterResponse & lars.RegisterResponse.$Shape;
    }

    /** Shapes of RegisterResponse. */
    namespace RegisterResponse {

        /** Properties of a RegisterResponse. */
        interface $Properties {

            /** RegisterResponse seq */
            seq?: (number|null);

            /** RegisterResponse instance */
            instance?: (Uint8Array|null);

            /** RegisterResponse state */
            state?: (number|null);

            /** RegisterResponse reason */
            reason?: (string|null);

            /** RegisterResponse heartbeat_ms */
            heartbeat_ms?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RegisterResponse. */
        type $Shape = lars.RegisterResponse.$Properties;
    }

    /**
     * Properties of a BeatRequest.
     * @deprecated Use lars.BeatRequest.$Properties instead.
     */
    interface IBeatRequest extends lars.BeatRequest.$Properties {
    }

    /** Represents a BeatRequest. */
    class BeatRequest {

        /**
         * Constructs a new BeatRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.BeatRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** BeatRequest seq. */
        seq: number;

        /** BeatRequest instance. */
        instance: Uint8Array;

        /** BeatRequest not_ready. */
        not_ready: boolean;

        /**
         * Encodes the specified BeatRequest message. Does not implicitly {@link lars.BeatRequest.verify|verify} messages.
         * @param message BeatRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.BeatRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a BeatRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.BeatRequest & lars.BeatRequest.$Shape} BeatRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.BeatRequest & lars.BeatRequest.$Shape;
    }

    /** Shapes of BeatRequest. */
    namespace BeatRequest {

        /** Properties of a BeatRequest. */
        interface $Properties {

            /** BeatRequest seq */
            seq?: (number|null);

            /** BeatRequest instance */
            instance?: (Uint8Array|null);

            /** BeatRequest not_ready */
            not_ready?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a BeatRequest. */
        type $Shape = lars.BeatRequest.$Properties;
    }

    /**
     * Properties of a BeatResponse.
     * @deprecated Use lars.BeatResponse.$Properties instead.
     */
    interface IBeatResponse extends lars.BeatResponse.$Properties {
    }

    /** Represents a BeatResponse. */
    class BeatResponse {

        /**
         * Constructs a new BeatResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.BeatResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** BeatResponse seq. */
        seq: number;

        /** BeatResponse instance. */
        instance: Uint8Array;

        /** BeatResponse state. */
        state: number;

        /** BeatResponse reason. */
        reason: string;

        /** BeatResponse heartbeat_ms. */
        heartbeat_ms: number;

        /**
         * Encodes the specified BeatResponse message. Does not implicitly {@link lars.BeatResponse.verify|verify} messages.
         * @param message BeatResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.BeatResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a BeatResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.BeatResponse & lars.BeatResponse.$Shape} BeatResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.BeatResponse & lars.BeatResponse.$Shape;
    }

    /** Shapes of BeatResponse. */
    namespace BeatResponse {

        /** Properties of a BeatResponse. */
        interface $Properties {

            /** BeatResponse seq */
            seq?: (number|null);

            /** BeatResponse instance */
            instance?: (Uint8Array|null);

            /** BeatResponse state */
            state?: (number|null);

            /** BeatResponse reason */
            reason?: (string|null);

            /** BeatResponse heartbeat_ms */
            heartbeat_ms?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a BeatResponse. */
        type $Shape = lars.BeatResponse.$Properties;
    }

    /**
     * Properties of a DeregisterRequest.
     * @deprecated Use lars.DeregisterRequest.$Properties instead.
     */
    interface IDeregisterRequest extends lars.DeregisterRequest.$Properties {
    }

    /** Represents a DeregisterRequest. */
    class DeregisterRequest {

        /**
         * Constructs a new DeregisterRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.DeregisterRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DeregisterRequest seq. */
        seq: number;

        /** DeregisterRequest instance. */
        instance: Uint8Array;

        /** DeregisterRequest drain_ms. */
        drain_ms: number;

        /**
         * Encodes the specified DeregisterRequest message. Does not implicitly {@link lars.DeregisterRequest.verify|verify} messages.
         * @param message DeregisterRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.DeregisterRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DeregisterRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.DeregisterRequest & lars.DeregisterRequest.$Shape} DeregisterRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.DeregisterRequest & lars.DeregisterRequest.$Shape;
    }

    /** Shapes of DeregisterRequest. */
    namespace DeregisterRequest {

        /** Properties of a DeregisterRequest. */
        interface $Properties {

            /** DeregisterRequest seq */
            seq?: (number|null);

            /** DeregisterRequest instance */
            instance?: (Uint8Array|null);

            /** DeregisterRequest drain_ms */
            drain_ms?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DeregisterRequest. */
        type $Shape = lars.DeregisterRequest.$Properties;
    }

    /**
     * Properties of a DeregisterResponse.
     * @deprecated Use lars.DeregisterResponse.$Properties instead.
     */
    interface IDeregisterResponse extends lars.DeregisterResponse.$Properties {
    }

    /** Represents a DeregisterResponse. */
    class DeregisterResponse {

        /**
         * Constructs a new DeregisterResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.DeregisterResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DeregisterResponse seq. */
        seq: number;

        /** DeregisterResponse instance. */
        instance: Uint8Array;

        /** DeregisterResponse done. */
        done: boolean;

        /** DeregisterResponse in_flight. */
        in_flight: number;

        /** DeregisterResponse callers. */
        callers: number;

        /**
         * Encodes the specified DeregisterResponse message. Does not implicitly {@link lars.DeregisterResponse.verify|verify} messages.
         * @param message DeregisterResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.DeregisterResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DeregisterResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.DeregisterResponse & lars.DeregisterResponse.$Shape} DeregisterResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.DeregisterResponse & lars.DeregisterResponse.$Shape;
    }

    /** Shapes of DeregisterResponse. */
    namespace DeregisterResponse {

        /** Properties of a DeregisterResponse. */
        interface $Properties {

            /** DeregisterResponse seq */
            seq?: (number|null);

            /** DeregisterResponse instance */
            instance?: (Uint8Array|null);

            /** DeregisterResponse done */
            done?: (boolean|null);

            /** DeregisterResponse in_flight */
            in_flight?: (number|null);

            /** DeregisterResponse callers */
            callers?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DeregisterResponse. */
        type $Shape = lars.DeregisterResponse.$Properties;
    }

    /**
     * Properties of a LeaseHost.
     * @deprecated Use lars.LeaseHost.$Properties instead.
     */
    interface ILeaseHost extends lars.LeaseHost.$Properties {
    }

    /** Represents a LeaseHost. */
    class LeaseHost {

        /**
         * Constructs a new LeaseHost.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.LeaseHost.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseHost modid. */
        modid: number;

        /** LeaseHost cmdid. */
        cmdid: number;

        /** LeaseHost ip. */
        ip: number;

        /** LeaseHost port. */
        port: number;

        /** LeaseHost weight. */
        weight: number;

        /** LeaseHost zone. */
        zone: string;

        /** LeaseHost version. */
        version: string;

        /** LeaseHost not_ready. */
        not_ready: boolean;

        /** LeaseHost gone. */
        gone: boolean;

        /** LeaseHost drain_ms. */
        drain_ms: number;

        /** LeaseHost leaving. */
        leaving: boolean;

        /**
         * Encodes the specified LeaseHost message. Does not implicitly {@link lars.LeaseHost.verify|verify} messages.
         * @param message LeaseHost message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.LeaseHost.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseHost message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.LeaseHost & lars.LeaseHost.$Shape} LeaseHost
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.LeaseHost & lars.LeaseHost.$Shape;
    }

    /** Shapes of LeaseHost. */
    namespace LeaseHost {

        /** Properties of a LeaseHost. */
        interface $Properties {

            /** LeaseHost modid */
            modid?: (number|null);

            /** LeaseHost cmdid */
            cmdid?: (number|null);

            /** LeaseHost ip */
            ip?: (number|null);

            /** LeaseHost port */
            port?: (number|null);

            /** LeaseHost weight */
            weight?: (number|null);

            /** LeaseHost zone */
            zone?: (string|null);

            /** LeaseHost version */
            version?: (string|null);

            /** LeaseHost not_ready */
            not_ready?: (boolean|null);

            /** LeaseHost gone */
            gone?: (boolean|null);

            /** LeaseHost drain_ms */
            drain_ms?: (number|null);

            /** LeaseHost leaving */
            leaving?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseHost. */
        type $Shape = lars.LeaseHost.$Properties;
    }

    /**
     * Properties of a LeaseSync.
     * @deprecated Use lars.LeaseSync.$Properties instead.
     */
    interface ILeaseSync extends lars.LeaseSync.$Properties {
    }

    /** Represents a LeaseSync. */
    class LeaseSync {

        /**
         * Constructs a new LeaseSync.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.LeaseSync.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseSync renewal. */
        renewal: number;

        /** LeaseSync ttl_ms. */
        ttl_ms: number;

        /** LeaseSync hash. */
        hash: number;

        /** LeaseSync all. */
        all: boolean;

        /** LeaseSync instance. */
        instance: lars.LeaseHost.$Properties[];

        /** LeaseSync mac. */
        mac: Uint8Array;

        /**
         * Encodes the specified LeaseSync message. Does not implicitly {@link lars.LeaseSync.verify|verify} messages.
         * @param message LeaseSync message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.LeaseSync.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseSync message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.LeaseSync & lars.LeaseSync.$Shape} LeaseSync
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.LeaseSync & lars.LeaseSync.$Shape;
    }

    /** Shapes of LeaseSync. */
    namespace LeaseSync {

        /** Properties of a LeaseSync. */
        interface $Properties {

            /** LeaseSync renewal */
            renewal?: (number|null);

            /** LeaseSync ttl_ms */
            ttl_ms?: (number|null);

            /** LeaseSync hash */
            hash?: (number|null);

            /** LeaseSync all */
            all?: (boolean|null);

            /** LeaseSync instance */
            instance?: (lars.LeaseHost.$Properties[]|null);

            /** LeaseSync mac */
            mac?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseSync. */
        type $Shape = lars.LeaseSync.$Properties;
    }

    /**
     * Properties of a LeaseOverride.
     * @deprecated Use lars.LeaseOverride.$Properties instead.
     */
    interface ILeaseOverride extends lars.LeaseOverride.$Properties {
    }

    /** Represents a LeaseOverride. */
    class LeaseOverride {

        /**
         * Constructs a new LeaseOverride.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.LeaseOverride.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseOverride modid. */
        modid: number;

        /** LeaseOverride cmdid. */
        cmdid: number;

        /** LeaseOverride ip. */
        ip: number;

        /** LeaseOverride port. */
        port: number;

        /** LeaseOverride reason. */
        reason: string;

        /**
         * Encodes the specified LeaseOverride message. Does not implicitly {@link lars.LeaseOverride.verify|verify} messages.
         * @param message LeaseOverride message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.LeaseOverride.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseOverride message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.LeaseOverride & lars.LeaseOverride.$Shape} LeaseOverride
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.LeaseOverride & lars.LeaseOverride.$Shape;
    }

    /** Shapes of LeaseOverride. */
    namespace LeaseOverride {

        /** Properties of a LeaseOverride. */
        interface $Properties {

            /** LeaseOverride modid */
            modid?: (number|null);

            /** LeaseOverride cmdid */
            cmdid?: (number|null);

            /** LeaseOverride ip */
            ip?: (number|null);

            /** LeaseOverride port */
            port?: (number|null);

            /** LeaseOverride reason */
            reason?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseOverride. */
        type $Shape = lars.LeaseOverride.$Properties;
    }

    /**
     * Properties of a LeaseDrain.
     * @deprecated Use lars.LeaseDrain.$Properties instead.
     */
    interface ILeaseDrain extends lars.LeaseDrain.$Properties {
    }

    /** Represents a LeaseDrain. */
    class LeaseDrain {

        /**
         * Constructs a new LeaseDrain.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.LeaseDrain.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseDrain modid. */
        modid: number;

        /** LeaseDrain cmdid. */
        cmdid: number;

        /** LeaseDrain ip. */
        ip: number;

        /** LeaseDrain port. */
        port: number;

        /** LeaseDrain callers. */
        callers: number;

        /** LeaseDrain in_flight. */
        in_flight: number;

        /** LeaseDrain done. */
        done: boolean;

        /**
         * Encodes the specified LeaseDrain message. Does not implicitly {@link lars.LeaseDrain.verify|verify} messages.
         * @param message LeaseDrain message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.LeaseDrain.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseDrain message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.LeaseDrain & lars.LeaseDrain.$Shape} LeaseDrain
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.LeaseDrain & lars.LeaseDrain.$Shape;
    }

    /** Shapes of LeaseDrain. */
    namespace LeaseDrain {

        /** Properties of a LeaseDrain. */
        interface $Properties {

            /** LeaseDrain modid */
            modid?: (number|null);

            /** LeaseDrain cmdid */
            cmdid?: (number|null);

            /** LeaseDrain ip */
            ip?: (number|null);

            /** LeaseDrain port */
            port?: (number|null);

            /** LeaseDrain callers */
            callers?: (number|null);

            /** LeaseDrain in_flight */
            in_flight?: (number|null);

            /** LeaseDrain done */
            done?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseDrain. */
        type $Shape = lars.LeaseDrain.$Properties;
    }

    /**
     * Properties of a LeaseAck.
     * @deprecated Use lars.LeaseAck.$Properties instead.
     */
    interface ILeaseAck extends lars.LeaseAck.$Properties {
    }

    /** Represents a LeaseAck. */
    class LeaseAck {

        /**
         * Constructs a new LeaseAck.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.LeaseAck.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseAck renewal. */
        renewal: number;

        /** LeaseAck hash. */
        hash: number;

        /** LeaseAck all. */
        all: boolean;

        /** LeaseAck refused. */
        refused: lars.LeaseOverride.$Properties[];

        /** LeaseAck drained. */
        drained: lars.LeaseOverride.$Properties[];

        /** LeaseAck draining. */
        draining: lars.LeaseDrain.$Properties[];

        /**
         * Encodes the specified LeaseAck message. Does not implicitly {@link lars.LeaseAck.verify|verify} messages.
         * @param message LeaseAck message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.LeaseAck.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseAck message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.LeaseAck & lars.LeaseAck.$Shape} LeaseAck
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.LeaseAck & lars.LeaseAck.$Shape;
    }

    /** Shapes of LeaseAck. */
    namespace LeaseAck {

        /** Properties of a LeaseAck. */
        interface $Properties {

            /** LeaseAck renewal */
            renewal?: (number|null);

            /** LeaseAck hash */
            hash?: (number|null);

            /** LeaseAck all */
            all?: (boolean|null);

            /** LeaseAck refused */
            refused?: (lars.LeaseOverride.$Properties[]|null);

            /** LeaseAck drained */
            drained?: (lars.LeaseOverride.$Properties[]|null);

            /** LeaseAck draining */
            draining?: (lars.LeaseDrain.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseAck. */
        type $Shape = lars.LeaseAck.$Properties;
    }

    /**
     * Properties of a HostEvent.
     * @deprecated Use lars.HostEvent.$Properties instead.
     */
    interface IHostEvent extends lars.HostEvent.$Properties {
    }

    /** Represents a HostEvent. */
    class HostEvent {

        /**
         * Constructs a new HostEvent.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostEvent.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostEvent modid. */
        modid: number;

        /** HostEvent cmdid. */
        cmdid: number;

        /** HostEvent ip. */
        ip: number;

        /** HostEvent port. */
        port: number;

        /** HostEvent kind. */
        kind: number;

        /** HostEvent reason. */
        reason: number;

        /** HostEvent age_ms. */
        age_ms: number;

        /** HostEvent calls. */
        calls: number;

        /** HostEvent failures. */
        failures: number;

        /** HostEvent mean_us. */
        mean_us: number;

        /** HostEvent peers_mean_us. */
        peers_mean_us: number;

        /** HostEvent policy. */
        policy: string;

        /**
         * Encodes the specified HostEvent message. Does not implicitly {@link lars.HostEvent.verify|verify} messages.
         * @param message HostEvent message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostEvent message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostEvent & lars.HostEvent.$Shape} HostEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostEvent & lars.HostEvent.$Shape;
    }

    /** Shapes of HostEvent. */
    namespace HostEvent {

        /** Properties of a HostEvent. */
        interface $Properties {

            /** HostEvent modid */
            modid?: (number|null);

            /** HostEvent cmdid */
            cmdid?: (number|null);

            /** HostEvent ip */
            ip?: (number|null);

            /** HostEvent port */
            port?: (number|null);

            /** HostEvent kind */
            kind?: (number|null);

            /** HostEvent reason */
            reason?: (number|null);

            /** HostEvent age_ms */
            age_ms?: (number|null);

            /** HostEvent calls */
            calls?: (number|null);

            /** HostEvent failures */
            failures?: (number|null);

            /** HostEvent mean_us */
            mean_us?: (number|null);

            /** HostEvent peers_mean_us */
            peers_mean_us?: (number|null);

            /** HostEvent policy */
            policy?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostEvent. */
        type $Shape = lars.HostEvent.$Properties;
    }

    /**
     * Properties of a HostEvents.
     * @deprecated Use lars.HostEvents.$Properties instead.
     */
    interface IHostEvents extends lars.HostEvents.$Properties {
    }

    /** Represents a HostEvents. */
    class HostEvents {

        /**
         * Constructs a new HostEvents.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostEvents.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostEvents event. */
        event: lars.HostEvent.$Properties[];

        /** HostEvents dropped. */
        dropped: number;

        /**
         * Encodes the specified HostEvents message. Does not implicitly {@link lars.HostEvents.verify|verify} messages.
         * @param message HostEvents message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostEvents.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostEvents message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostEvents & lars.HostEvents.$Shape} HostEvents
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostEvents & lars.HostEvents.$Shape;
    }

    /** Shapes of HostEvents. */
    namespace HostEvents {

        /** Properties of a HostEvents. */
        interface $Properties {

            /** HostEvents event */
            event?: (lars.HostEvent.$Properties[]|null);

            /** HostEvents dropped */
            dropped?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostEvents. */
        type $Shape = lars.HostEvents.$Properties;
    }

    /**
     * Properties of a HostTotals.
     * @deprecated Use lars.HostTotals.$Properties instead.
     */
    interface IHostTotals extends lars.HostTotals.$Properties {
    }

    /** Represents a HostTotals. */
    class HostTotals {

        /**
         * Constructs a new HostTotals.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostTotals.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostTotals ip. */
        ip: number;

        /** HostTotals port. */
        port: number;

        /** HostTotals calls. */
        calls: number;

        /** HostTotals failures. */
        failures: number;

        /** HostTotals duration_us. */
        duration_us: number;

        /** HostTotals max_us. */
        max_us: number;

        /** HostTotals timed. */
        timed: number;

        /**
         * Encodes the specified HostTotals message. Does not implicitly {@link lars.HostTotals.verify|verify} messages.
         * @param message HostTotals message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostTotals.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostTotals message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostTotals & lars.HostTotals.$Shape} HostTotals
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostTotals & lars.HostTotals.$Shape;
    }

    /** Shapes of HostTotals. */
    namespace HostTotals {

        /** Properties of a HostTotals. */
        interface $Properties {

            /** HostTotals ip */
            ip?: (number|null);

            /** HostTotals port */
            port?: (number|null);

            /** HostTotals calls */
            calls?: (number|null);

            /** HostTotals failures */
            failures?: (number|null);

            /** HostTotals duration_us */
            duration_us?: (number|null);

            /** HostTotals max_us */
            max_us?: (number|null);

            /** HostTotals timed */
            timed?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostTotals. */
        type $Shape = lars.HostTotals.$Properties;
    }

    /**
     * Properties of a RouteTotals.
     * @deprecated Use lars.RouteTotals.$Properties instead.
     */
    interface IRouteTotals extends lars.RouteTotals.$Properties {
    }

    /** Represents a RouteTotals. */
    class RouteTotals {

        /**
         * Constructs a new RouteTotals.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.RouteTotals.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RouteTotals modid. */
        modid: number;

        /** RouteTotals cmdid. */
        cmdid: number;

        /** RouteTotals latency. */
        latency: number[];

        /** RouteTotals host. */
        host: lars.HostTotals.$Properties[];

        /**
         * Encodes the specified RouteTotals message. Does not implicitly {@link lars.RouteTotals.verify|verify} messages.
         * @param message RouteTotals message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.RouteTotals.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RouteTotals message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.RouteTotals & lars.RouteTotals.$Shape} RouteTotals
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.RouteTotals & lars.RouteTotals.$Shape;
    }

    /** Shapes of RouteTotals. */
    namespace RouteTotals {

        /** Properties of a RouteTotals. */
        interface $Properties {

            /** RouteTotals modid */
            modid?: (number|null);

            /** RouteTotals cmdid */
            cmdid?: (number|null);

            /** RouteTotals latency */
            latency?: (number[]|null);

            /** RouteTotals host */
            host?: (lars.HostTotals.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RouteTotals. */
        type $Shape = lars.RouteTotals.$Properties;
    }

    /**
     * Properties of a CallTotals.
     * @deprecated Use lars.CallTotals.$Properties instead.
     */
    interface ICallTotals extends lars.CallTotals.$Properties {
    }

    /** Represents a CallTotals. */
    class CallTotals {

        /**
         * Constructs a new CallTotals.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.CallTotals.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CallTotals seq. */
        seq: number;

        /** CallTotals route. */
        route: lars.RouteTotals.$Properties[];

        /**
         * Encodes the specified CallTotals message. Does not implicitly {@link lars.CallTotals.verify|verify} messages.
         * @param message CallTotals message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.CallTotals.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CallTotals message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.CallTotals & lars.CallTotals.$Shape} CallTotals
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.CallTotals & lars.CallTotals.$Shape;
    }

    /** Shapes of CallTotals. */
    namespace CallTotals {

        /** Properties of a CallTotals. */
        interface $Properties {

            /** CallTotals seq */
            seq?: (number|null);

            /** CallTotals route */
            route?: (lars.RouteTotals.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CallTotals. */
        type $Shape = lars.CallTotals.$Properties;
    }

    /**
     * Properties of a CallTotalsAck.
     * @deprecated Use lars.CallTotalsAck.$Properties instead.
     */
    interface ICallTotalsAck extends lars.CallTotalsAck.$Properties {
    }

    /** Represents a CallTotalsAck. */
    class CallTotalsAck {

        /**
         * Constructs a new CallTotalsAck.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.CallTotalsAck.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CallTotalsAck epoch. */
        epoch: number;

        /** CallTotalsAck seq. */
        seq: number;

        /**
         * Encodes the specified CallTotalsAck message. Does not implicitly {@link lars.CallTotalsAck.verify|verify} messages.
         * @param message CallTotalsAck message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.CallTotalsAck.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CallTotalsAck message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.CallTotalsAck & lars.CallTotalsAck.$Shape} CallTotalsAck
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.CallTotalsAck & lars.CallTotalsAck.$Shape;
    }

    /** Shapes of CallTotalsAck. */
    namespace CallTotalsAck {

        /** Properties of a CallTotalsAck. */
        interface $Properties {

            /** CallTotalsAck epoch */
            epoch?: (number|null);

            /** CallTotalsAck seq */
            seq?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CallTotalsAck. */
        type $Shape = lars.CallTotalsAck.$Properties;
    }

    /**
     * Properties of a HostStateEntry.
     * @deprecated Use lars.HostStateEntry.$Properties instead.
     */
    interface IHostStateEntry extends lars.HostStateEntry.$Properties {
    }

    /** Represents a HostStateEntry. */
    class HostStateEntry {

        /**
         * Constructs a new HostStateEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostStateEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostStateEntry modid. */
        modid: number;

        /** HostStateEntry cmdid. */
        cmdid: number;

        /** HostStateEntry ip. */
        ip: number;

        /** HostStateEntry port. */
        port: number;

        /** HostStateEntry state. */
        state: number;

        /** HostStateEntry reason. */
        reason: number;

        /** HostStateEntry age_ms. */
        age_ms: number;

        /** HostStateEntry in_flight. */
        in_flight: number;

        /** HostStateEntry next_try_ms. */
        next_try_ms: number;

        /**
         * Encodes the specified HostStateEntry message. Does not implicitly {@link lars.HostStateEntry.verify|verify} messages.
         * @param message HostStateEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostStateEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostStateEntry message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostStateEntry & lars.HostStateEntry.$Shape} HostStateEntry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostStateEntry & lars.HostStateEntry.$Shape;
    }

    /** Shapes of HostStateEntry. */
    namespace HostStateEntry {

        /** Properties of a HostStateEntry. */
        interface $Properties {

            /** HostStateEntry modid */
            modid?: (number|null);

            /** HostStateEntry cmdid */
            cmdid?: (number|null);

            /** HostStateEntry ip */
            ip?: (number|null);

            /** HostStateEntry port */
            port?: (number|null);

            /** HostStateEntry state */
            state?: (number|null);

            /** HostStateEntry reason */
            reason?: (number|null);

            /** HostStateEntry age_ms */
            age_ms?: (number|null);

            /** HostStateEntry in_flight */
            in_flight?: (number|null);

            /** HostStateEntry next_try_ms */
            next_try_ms?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostStateEntry. */
        type $Shape = lars.HostStateEntry.$Properties;
    }

    /**
     * Properties of a HostStates.
     * @deprecated Use lars.HostStates.$Properties instead.
     */
    interface IHostStates extends lars.HostStates.$Properties {
    }

    /** Represents a HostStates. */
    class HostStates {

        /**
         * Constructs a new HostStates.
         * @param [properties] Properties to set
         */
        constructor(properties?: lars.HostStates.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HostStates all. */
        all: boolean;

        /** HostStates host. */
        host: lars.HostStateEntry.$Properties[];

        /**
         * Encodes the specified HostStates message. Does not implicitly {@link lars.HostStates.verify|verify} messages.
         * @param message HostStates message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: lars.HostStates.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HostStates message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {lars.HostStates & lars.HostStates.$Shape} HostStates
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): lars.HostStates & lars.HostStates.$Shape;
    }

    /** Shapes of HostStates. */
    namespace HostStates {

        /** Properties of a HostStates. */
        interface $Properties {

            /** HostStates all */
            all?: (boolean|null);

            /** HostStates host */
            host?: (lars.HostStateEntry.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HostStates. */
        type $Shape = lars.HostStates.$Properties;
    }
}
