#!/usr/bin/env bash
# Deploys the asynchronous import on AWS, updates it, or deletes it. Run with --help.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

usage() {
	cat <<'END'
Usage: deploy_async_import.sh [options]

Deploys the import on AWS with CloudFormation: builds the functions, puts them into a
bucket, and creates or updates the stack vyaparai-import-STAGE. What has not changed stays
as it is, so running it again is harmless.

  --stage STAGE          end of every name; prod by default
  --region REGION        default: AWS_REGION, AWS_DEFAULT_REGION or that of the AWS profile
  --arch ARCH            arm64 (default, whatever the stack has) or amd64
  --bucket-suffix TEXT   follows the stage in the names of buckets, such as -acme: those
                         names are global, and may be taken
  --parameter NAME=VALUE a parameter of template.yaml; may be repeated. One that is not
                         named keeps what the stack has
  --adopt                use the tables and buckets of this stage that an earlier stack left
  --dry-run              say what would be done, and change nothing
  --delete               delete the stack; tables and buckets stay, with what is in them,
                         and so does the bucket of programs, which all stages share
  --yes                  do not ask
  --help                 this text

Needs: the AWS command line, Go, and credentials that may do all this.
Exit codes: 0 done, 1 failed or refused, 2 wrong usage.
END
}

say() { printf '%s\n' "$*"; }

# refuse SENTENCE...: ends the program before anything was changed.
refuse() {
	printf 'deploy_async_import.sh: %s\n' "$*" >&2
	exit 1
}

wrong_usage() {
	printf 'deploy_async_import.sh: %s; see --help\n' "$*" >&2
	exit 2
}

# run COMMAND...: runs a command that changes something, or says what it would be.
run() {
	if [[ $dry_run == yes ]]; then
		printf 'would run:'
		printf ' %q' "$@"
		printf '\n'
	else
		"$@"
	fi
}

# ask QUESTION: goes on only with a yes.
ask() {
	[[ $sure == yes || $dry_run == yes ]] && return

	[[ -t 0 ]] || refuse "$1 Nobody can be asked here; use --yes."

	local answer
	read -r -p "$1 [yes/no] " answer
	[[ $answer == yes ]] || refuse "nothing was changed."
}

# --- Command line ----------------------------------------------------------------------

stage=prod
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
arch=arm64
suffix=
adopt=no
dry_run=no
delete=no
sure=no
parameters=()

while (($# > 0)); do
	case $1 in
	--stage | --region | --arch | --bucket-suffix | --parameter)
		(($# > 1)) || wrong_usage "$1 needs a value"
		case $1 in
		--stage) stage=$2 ;;
		--region) region=$2 ;;
		--arch) arch=$2 ;;
		--bucket-suffix) suffix=$2 ;;
		--parameter) parameters+=("$2") ;;
		esac
		shift 2
		;;
	--adopt) adopt=yes && shift ;;
	--dry-run) dry_run=yes && shift ;;
	--delete) delete=yes && shift ;;
	--yes) sure=yes && shift ;;
	--help | -h) usage && exit 0 ;;
	*) wrong_usage "there is no option $1" ;;
	esac
done

[[ $stage =~ ^[a-z][a-z0-9]{0,11}$ ]] ||
	wrong_usage "--stage must be 1 to 12 lower-case letters and digits, a letter first, not '$stage'"
[[ $suffix =~ ^(-[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$ ]] ||
	wrong_usage "--bucket-suffix must be a hyphen and up to 20 lower-case letters, digits and hyphens, not '$suffix'"

case $arch in
arm64) architecture=arm64 ;;
amd64) architecture=x86_64 ;;
*) wrong_usage "--arch must be arm64 or amd64, not '$arch'" ;;
esac

# What the script finds out by itself is not for others to say.
for parameter in ${parameters[@]+"${parameters[@]}"}; do
	case $parameter in
	Stage=* | BucketSuffix=* | Architecture=* | CodeBucket=* | WorkerCodeKey=* | ApiCodeKey=*)
		wrong_usage "${parameter%%=*} is not for --parameter"
		;;
	[A-Z]*=*) ;;
	*) wrong_usage "--parameter needs NAME=VALUE, not '$parameter'" ;;
	esac
done

[[ $delete == no || ${#parameters[@]} -eq 0 ]] || wrong_usage "--delete takes no --parameter"
[[ $delete == no || $adopt == no ]] || wrong_usage "--delete and --adopt exclude each other"

readonly stack=vyaparai-import-$stage
readonly code_stack=vyaparai-import-code

# --- What is there ---------------------------------------------------------------------

command -v aws >/dev/null || refuse "the AWS command line is missing; install it, as by: pip install awscli"
[[ $delete == yes ]] || command -v go >/dev/null || refuse "Go is missing; the functions are built with it."

# No pager, which would wait for somebody to press a key.
export AWS_PAGER=

[[ -n $region ]] || region=$(aws configure get region || true)
[[ -n $region ]] || refuse "no region is set; use --region, such as --region ap-south-1"
[[ $region =~ ^[a-z]{2}(-[a-z]+)+-[0-9]+$ ]] || wrong_usage "--region must be one such as ap-south-1, not '$region'"

export AWS_REGION=$region AWS_DEFAULT_REGION=$region

account=$(aws sts get-caller-identity --query Account --output text) ||
	refuse "there are no credentials that AWS takes; try: aws configure"
readonly account

# stack_status NAME: prints the status of a stack, or nothing where there is none. Asking for
# all of them is no error where one is missing, so that an error is always one.
stack_status() {
	aws cloudformation describe-stacks --query "Stacks[?StackName=='$1'].StackStatus" --output text
}

# stack_outputs NAME: prints "key<tab>value" for each output of a stack.
stack_outputs() {
	aws cloudformation describe-stacks --query "Stacks[?StackName=='$1'].Outputs[][OutputKey,OutputValue]" --output text
}

status=$(stack_status "$stack") || refuse "the stacks of account $account in $region cannot be listed."

case $status in
"" | None | REVIEW_IN_PROGRESS) exists=no ;;
CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE) exists=yes ;;
*_IN_PROGRESS) refuse "stack $stack is being changed ($status); wait until that is over." ;;
ROLLBACK_COMPLETE | CREATE_FAILED | ROLLBACK_FAILED | DELETE_FAILED)
	[[ $delete == yes ]] || refuse "stack $stack was never whole ($status); delete it first, by --delete, then deploy with --adopt."
	exists=yes
	;;
UPDATE_ROLLBACK_FAILED)
	[[ $delete == yes ]] || refuse "stack $stack is stuck in mid-update ($status); bring it to rest first: aws cloudformation continue-update-rollback --stack-name $stack"
	exists=yes
	;;
*) refuse "stack $stack has the status $status, which this script does not know." ;;
esac

# Where data is. The names are those of template.yaml.
readonly tables=(
	"ExistingJobsTable vyaparai-import-jobs-$stage"
	"ExistingProductsTable vyaparai-global-products-$stage"
	"ExistingInventoryTable vyaparai-store-inventory-$stage"
	"ExistingIdentityKeysTable vyaparai-identity-keys-$stage"
)
readonly buckets=(
	"ExistingUploadsBucket vyapaarai-bulk-uploads-$stage$suffix"
	"ExistingImagesBucket vyapaarai-product-images-$stage$suffix"
)

# --- Delete ----------------------------------------------------------------------------

if [[ $delete == yes ]]; then
	if [[ $exists == no ]]; then
		say "There is no stack $stack in account $account, $region: nothing to delete."
		exit 0
	fi

	outputs=$(stack_outputs "$stack") || refuse "the outputs of stack $stack cannot be read."

	say "Stack $stack in account $account, $region, is to be deleted: functions, API, queue, topic, alarms, logs,"
	say "and the secret of tokens where the stack made one. Uploads under way break; imports under way stop."
	say "These stay, with what is in them, and go on costing money:"
	awk '$1 ~ /(Table|Bucket)Name$/ { print "  " $2 }' <<<"$outputs"
	say "Deploying again with --adopt takes them up. The bucket of programs stays too, vyapaarai-import-code-$account-$region with its"
	say "stack $code_stack: all stages of the region deploy from it, and no program in it expires by itself."

	ask "Delete stack $stack?"
	run aws cloudformation delete-stack --stack-name "$stack"
	run aws cloudformation wait stack-delete-complete --stack-name "$stack"
	[[ $dry_run == yes ]] || say "Stack $stack is deleted."
	exit 0
fi

# --- Leftovers -------------------------------------------------------------------------

# named PARAMETER: whether the caller has said what that parameter is.
named() {
	local parameter
	for parameter in ${parameters[@]+"${parameters[@]}"}; do
		[[ $parameter == "$1="* ]] && return 0
	done

	return 1
}

# A stack that is new meets what an earlier one has left: CloudFormation would fail in the
# middle, on the first name that is taken.
if [[ $exists == no ]]; then
	there=$(aws dynamodb list-tables --query 'TableNames[]' --output text) ||
		refuse "the tables of account $account in $region cannot be listed."
	there+=$'\t'$(aws s3api list-buckets --query 'Buckets[].Name' --output text) ||
		refuse "the buckets of account $account cannot be listed."
	there=$(tr '\t' '\n' <<<"$there")

	leftovers=()
	adopted=()

	for entry in "${tables[@]}" "${buckets[@]}"; do
		read -r parameter name <<<"$entry"

		if ! named "$parameter" && grep -qFx -- "$name" <<<"$there"; then
			leftovers+=("$name")
			adopted+=("$parameter=$name")
		fi
	done

	if ((${#leftovers[@]} > 0)); then
		[[ $adopt == yes ]] || refuse "these exist without a stack $stack: ${leftovers[*]}." \
			"Use them by --adopt, or name others by --parameter ${adopted[0]%%=*}=NAME, or choose another --stage."

		parameters+=("${adopted[@]}")
	fi
fi

# --- Deploy ----------------------------------------------------------------------------

say "Account $account, $region: stack $stack, functions for $arch."
((${#parameters[@]} == 0)) || printf '  %s\n' "${parameters[@]}"
ask "Deploy?"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say "Building the functions."
(cd "$here/../.." && go run ./examples/aws/pack -arch "$arch" -out "$work")

# The digest of the content is part of the key, so CloudFormation sees whether a program has
# changed, and an update that fails still finds the old one.
worker_key=$(sed -n 's/^lambdaworker //p' "$work/keys")
api_key=$(sed -n 's/^lambdaapi //p' "$work/keys")
[[ -n $worker_key && -n $api_key ]] || refuse "the functions were not built."

say "The bucket of programs."
run aws cloudformation deploy --stack-name "$code_stack" --template-file "$here/bootstrap.yaml" --no-fail-on-empty-changeset
readonly code_bucket=vyapaarai-import-code-$account-$region

for key in "$worker_key" "$api_key"; do
	if aws s3api head-object --bucket "$code_bucket" --key "$key" >/dev/null 2>&1; then
		say "  $key is there already."
	else
		run aws s3 cp --only-show-errors "$work/${key##*/}" "s3://$code_bucket/$key"
	fi
done

overrides=("Stage=$stage" "Architecture=$architecture" "CodeBucket=$code_bucket" "WorkerCodeKey=$worker_key" "ApiCodeKey=$api_key")
[[ -z $suffix ]] || overrides+=("BucketSuffix=$suffix")
overrides+=(${parameters[@]+"${parameters[@]}"})

say "The stack."
run aws cloudformation deploy --stack-name "$stack" --template-file "$here/template.yaml" \
	--s3-bucket "$code_bucket" --s3-prefix templates --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \
	--tags "application=bulkimport" "stage=$stage" --parameter-overrides "${overrides[@]}"

if [[ $dry_run == yes ]]; then
	say "Nothing was changed."
	exit 0
fi

say "Deployed:"
outputs=$(stack_outputs "$stack")
sort <<<"$outputs" | awk -F '\t' '{ printf "  %-22s %s\n", $1, $2 }'

# The rules of a bucket that is not the stack's own are not the stack's to change.
uploads=
origins=()

for parameter in ${parameters[@]+"${parameters[@]}"}; do
	case $parameter in
	ExistingUploadsBucket=*) uploads=${parameter#*=} ;;
	AllowedOrigins=*) IFS=, read -r -a origins <<<"${parameter#*=}" ;;
	esac
done

if [[ -n $uploads ]]; then
	list=
	for origin in "$(awk -F '\t' '$1 == "ApiUrl" { print $2 }' <<<"$outputs")" ${origins[@]+"${origins[@]}"}; do
		list+="${list:+,}\"$origin\""
	done

	say "Bucket $uploads keeps its own CORS rules. For the page to upload, its origins must be among them; this sets them, in"
	say "place of all rules that the bucket has:"
	printf '  aws s3api put-bucket-cors --region %s --bucket %q --cors-configuration %s\n' "$region" "$uploads" \
		"'{\"CORSRules\":[{\"AllowedOrigins\":[$list],\"AllowedMethods\":[\"PUT\",\"GET\",\"HEAD\"],\"AllowedHeaders\":[\"content-type\",\"x-amz-*\"],\"ExposeHeaders\":[\"ETag\"],\"MaxAgeSeconds\":3600}]}'"
fi
