package awserr

// sentinels are the codes of the services in use that speak of the credentials. One list
// for all: a service may pick up the word of another, and none of the words means
// something else elsewhere.
var sentinels = map[string]error{
	// Expired.
	"ExpiredToken":          ErrCredentials,
	"ExpiredTokenException": ErrCredentials,
	"TokenRefreshRequired":  ErrCredentials,

	// Unknown, or of another account's session.
	"InvalidAccessKeyId":          ErrCredentials,
	"InvalidClientTokenId":        ErrCredentials,
	"InvalidToken":                ErrCredentials,
	"UnrecognizedClientException": ErrCredentials,
	"XAdminUserNotFound":          ErrCredentials, // versitygw

	// The secret does not fit, or the signature was made by another time.
	"IncompleteSignature":          ErrCredentials,
	"IncompleteSignatureException": ErrCredentials,
	"InvalidSignatureException":    ErrCredentials,
	"RequestExpired":               ErrCredentials,
	"RequestTimeTooSkewed":         ErrCredentials,
	"SignatureDoesNotMatch":        ErrCredentials,

	// There are none.
	"MissingAuthenticationToken":          ErrCredentials,
	"MissingAuthenticationTokenException": ErrCredentials,

	// Good, but not for this.
	"AccessDenied":              ErrDenied,
	"AccessDeniedException":     ErrDenied,
	"AuthorizationError":        ErrDenied, // SNS
	"KMSAccessDenied":           ErrDenied, // the key of a topic
	"KmsAccessDenied":           ErrDenied, // the key of a queue
	"KMS.AccessDeniedException": ErrDenied, // the same
	"NotAuthorized":             ErrDenied,
	"OptInRequired":             ErrDenied,
}
