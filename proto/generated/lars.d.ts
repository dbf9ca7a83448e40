// Generated from lars.proto by "deno task proto": do not edit.
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

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HelloAck. */
        type $Shape = lars.HelloAck.$Properties;
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
